#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "tests/e2e/service_fixture.hpp"

namespace support::tests {
namespace {

using CustomersApi = ServiceTest;

TEST_F(CustomersApi, CreatesAndReadsBack) {
  auto http = client();
  const auto created =
      http.post("/api/v1/customers", R"({"customer_id":"BANK-9","first_name":"Zoë","last_name":"O'Hara",
      "email":"zoe@example.org","phone":null,"notes":"line one\nline two","is_vip":true})");
  ASSERT_EQ(created.status, 201U) << created.body;
  const auto customer = created.json();
  EXPECT_EQ(customer.at("first_name"), "Zoë");
  EXPECT_EQ(customer.at("last_name"), "O'Hara");
  EXPECT_EQ(customer.at("notes"), "line one\nline two");
  EXPECT_EQ(customer.at("is_vip"), true);
  EXPECT_EQ(customer.at("is_active"), true);
  EXPECT_TRUE(customer.at("phone").is_null());
  EXPECT_EQ(customer.at("created_at").as_string().size(), 27U);
  const auto location = created.header("Location");
  EXPECT_EQ(location, "/api/v1/customers/" + std::to_string(customer.at("id").as_int64()));
  const auto read = http.get(location);
  EXPECT_EQ(read.status, 200U);
  EXPECT_EQ(read.json(), customer);
}

TEST_F(CustomersApi, RefusesADuplicateEmailAndNamesTheField) {
  auto http = client();
  const std::string first = R"({"customer_id":"D1","first_name":"A","last_name":"B","email":"dup@example.org"})";
  const std::string second = R"({"customer_id":"D2","first_name":"A","last_name":"B","email":"dup@example.org"})";
  const std::string third = R"({"customer_id":"D1","first_name":"A","last_name":"B","email":"dup2@example.org"})";
  ASSERT_EQ(http.post("/api/v1/customers", first).status, 201U);
  const auto by_email = http.post("/api/v1/customers", second);
  EXPECT_EQ(by_email.status, 409U);
  EXPECT_EQ(by_email.header("Content-Type"), "application/problem+json");
  EXPECT_EQ(by_email.json().at("errors").at(0).at("pointer"), "/email");
  const auto by_number = http.post("/api/v1/customers", third);
  EXPECT_EQ(by_number.status, 409U);
  EXPECT_EQ(by_number.json().at("errors").at(0).at("pointer"), "/customer_id");
}

TEST_F(CustomersApi, ListsEveryFieldThatIsWrong) {
  auto http = client();
  const auto answer =
      http.post("/api/v1/customers", R"({"first_name":"","last_name":7,"email":"nobody","colour":"red"})");
  EXPECT_EQ(answer.status, 422U);
  const auto problem = answer.json();
  EXPECT_EQ(problem.at("status"), 422);
  std::vector<std::string> pointers;
  for (const auto& error : problem.at("errors").as_array()) pointers.emplace_back(error.at("pointer").as_string());
  EXPECT_EQ(pointers, (std::vector<std::string>{"/customer_id", "/first_name", "/last_name", "/email", "/colour"}));
}

TEST_F(CustomersApi, UpdatesWhatIsGivenAndNothingElse) {
  auto http = client();
  const auto id = create_customer();
  const std::string path = "/api/v1/customers/" + std::to_string(id);
  const auto before = http.get(path).json();
  const auto updated = http.patch(path, R"({"phone":"+447700900123","is_active":false})");
  ASSERT_EQ(updated.status, 200U) << updated.body;
  EXPECT_EQ(updated.json().at("phone"), "+447700900123");
  EXPECT_EQ(updated.json().at("is_active"), false);
  EXPECT_EQ(updated.json().at("email"), before.at("email"));
  EXPECT_TRUE(http.patch(path, R"({"phone":null})").json().at("phone").is_null());
  EXPECT_EQ(http.patch(path, R"({"email":null})").status, 422U);
  EXPECT_EQ(http.patch(path, "{}").status, 200U);
}

TEST_F(CustomersApi, WalksAListPageByPage) {
  auto http = client();
  std::vector<std::int64_t> made;
  for (int i = 0; i < 5; ++i) made.push_back(create_customer());
  std::vector<std::int64_t> seen;
  std::string target = "/api/v1/customers?limit=2&is_vip=false";
  for (int pages = 0; pages < 100; ++pages) {
    const auto answer = http.get(target);
    ASSERT_EQ(answer.status, 200U) << answer.body;
    const auto page = answer.json();
    ASSERT_LE(page.at("items").as_array().size(), 2U);
    for (const auto& item : page.at("items").as_array()) seen.push_back(item.at("id").as_int64());
    if (page.at("next_cursor").is_null()) break;
    const std::string cursor(page.at("next_cursor").as_string());
    EXPECT_NE(answer.header("Link").find(cursor), std::string::npos);
    target = "/api/v1/customers?limit=2&is_vip=false&cursor=" + cursor;
  }
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end());
  for (const auto id : made) EXPECT_NE(std::find(seen.begin(), seen.end(), id), seen.end());
}

TEST_F(CustomersApi, RefusesAForgedCursorAndAMisspeltFilter) {
  auto http = client();
  EXPECT_EQ(http.get("/api/v1/customers?cursor=0000").status, 422U);
  const auto misspelt = http.get("/api/v1/customers?is_activ=true");
  EXPECT_EQ(misspelt.status, 422U);
  EXPECT_EQ(misspelt.json().at("errors").at(0).at("parameter"), "is_activ");
}

TEST_F(CustomersApi, AnswersUnknownIdsWith404) {
  auto http = client();
  for (const char* id : {"999999999", "99999999999999999999", "0", "-1", "abc", "1%2E5"}) {
    EXPECT_EQ(http.get(std::string("/api/v1/customers/") + id).status, 404U) << id;
    EXPECT_EQ(http.get(std::string("/api/v1/customers/") + id + "/conversations").status, 404U) << id;
  }
  EXPECT_EQ(http.patch("/api/v1/customers/999999999", "{}").status, 404U);
}

TEST_F(CustomersApi, KeepsTextThatLooksLikeSqlAsText) {
  auto http = client();
  const auto created = http.post("/api/v1/customers", R"({"customer_id":"'; DROP TABLE messages; --","first_name":"$1",
      "last_name":"\\","email":"sql@example.org"})");
  ASSERT_EQ(created.status, 201U) << created.body;
  EXPECT_EQ(created.json().at("customer_id"), "'; DROP TABLE messages; --");
  EXPECT_EQ(database().sql("SELECT to_regclass('messages')::text")[0][0], "messages");
}

}  // namespace
}  // namespace support::tests
