#include "app/http/problem.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace support::http {
namespace {

TEST(Problem, IsADocumentOfRfc9457) {
  const auto document = to_json(not_found("There is no customer 7."), "abc-1");
  EXPECT_EQ(document, boost::json::parse(R"({"type":"about:blank","title":"Not Found","status":404,
      "detail":"There is no customer 7.","instance":"urn:request:abc-1"})"))
      << boost::json::serialize(document);
}

TEST(Problem, ListsEveryFieldThatIsWrong) {
  const Problem problem = invalid_fields({
      {.pointer = "/email", .detail = "The e-mail address has no @."},
      {.pointer = "limit", .detail = "The limit is at most 100.", .place = FieldError::Place::query},
      {.pointer = "id", .detail = "The id is a number.", .place = FieldError::Place::path},
  });
  EXPECT_EQ(problem.status, Status::unprocessable_entity);
  const auto document = to_json(problem, "");
  EXPECT_EQ(document.at("errors"), boost::json::parse(R"([
      {"pointer":"/email","detail":"The e-mail address has no @."},
      {"parameter":"limit","in":"query","detail":"The limit is at most 100."},
      {"parameter":"id","in":"path","detail":"The id is a number."}])"));
  EXPECT_FALSE(document.as_object().contains("instance"));
}

TEST(Problem, AsksToComeBackAfterAtLeastASecond) {
  EXPECT_EQ(unavailable("Later.", std::chrono::seconds(0)).headers.at(0).second, "1");
  EXPECT_EQ(unavailable("Later.", std::chrono::seconds(5)).headers.at(0),
            (std::pair<std::string, std::string>("Retry-After", "5")));
}

TEST(Problem, HasATitleOfItsOwnWhenGivenOne) {
  const auto document =
      to_json({.status = Status::conflict, .title = "Taken", .detail = "x", .type = "urn:x:taken"}, "");
  EXPECT_EQ(document.at("title"), "Taken");
  EXPECT_EQ(document.at("type"), "urn:x:taken");
}

}  // namespace
}  // namespace support::http
