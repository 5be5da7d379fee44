#include "app/database/host_list.hpp"

#include <gmock/gmock.h>

namespace support::database {
namespace {

using config::Keyword;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(HostListTest, OnePortServesEveryHost) {
  EXPECT_THAT(split_hosts({{"host", "a,b"}, {"port", "5433"}}),
              ElementsAre(HostEntry{"a", "", "5433"}, HostEntry{"b", "", "5433"}));
}

TEST(HostListTest, PortsAndAddressesPairWithTheirHosts) {
  EXPECT_THAT(
      split_hosts({{"host", "a,,/run/x"}, {"hostaddr", "10.0.0.1,10.0.0.2,"}, {"port", "1,,3"}}),
      ElementsAre(HostEntry{"a", "10.0.0.1", "1"}, HostEntry{"", "10.0.0.2", ""}, HostEntry{"/run/x", "", "3"}));
}

TEST(HostListTest, ListsThatDoNotMatchAreLeftToLibpq) {
  EXPECT_THAT(split_hosts({{"host", "a,b"}, {"port", "1,2,3"}}), IsEmpty());
  EXPECT_THAT(split_hosts({{"host", "a,b"}, {"hostaddr", "10.0.0.1"}}), IsEmpty());
  EXPECT_THAT(split_hosts({{"dbname", "x"}, {"port", "5432"}}), IsEmpty());
}

TEST(HostListTest, OnlyNamesNeedResolving) {
  EXPECT_TRUE(needs_resolving({"db.example.com", "", "5432"}));
  EXPECT_TRUE(needs_resolving({"localhost", "", ""}));
  for (const char* host : {"10.0.0.1", "::1", "fe80::1", "/var/run/postgresql", "@abstract", ""}) {
    EXPECT_FALSE(needs_resolving({host, "", ""})) << host;
  }
  EXPECT_FALSE(needs_resolving({"db.example.com", "10.0.0.1", ""}));
}

TEST(HostListTest, ANameBecomesOneEntryAnAddressAndKeepsItsName) {
  const std::vector<HostEntry> entries{{"a", "", "1"}, {"/run", "", "2"}, {"b", "", "3"}};
  EXPECT_THAT(with_addresses(entries, {{"a", {"10.0.0.1", "::1"}}}),
              ElementsAre(HostEntry{"a", "10.0.0.1", "1"}, HostEntry{"a", "::1", "1"}, HostEntry{"/run", "", "2"}));
}

TEST(HostListTest, EntriesReplaceTheKeywordsTheyCameFrom) {
  const std::vector<Keyword> keywords{{"host", "a"}, {"port", "1"}, {"dbname", "d,b"}, {"hostaddr", "9.9.9.9"}};
  EXPECT_THAT(with_hosts(keywords, {{"a", "10.0.0.1", "1"}, {"/run", "", "2"}}),
              ElementsAre(Keyword{"dbname", "d,b"}, Keyword{"host", "a,/run"}, Keyword{"hostaddr", "10.0.0.1,"},
                          Keyword{"port", "1,2"}));
  EXPECT_THAT(with_hosts(keywords, {{"/run", "", ""}}), ElementsAre(Keyword{"dbname", "d,b"}, Keyword{"host", "/run"}));
}

TEST(HostListTest, AKeywordReplacesItsNamesake) {
  const std::vector<Keyword> keywords{{"host", "a"}, {"target_session_attrs", "primary"}, {"dbname", "d"}};
  EXPECT_THAT(with_keyword(keywords, {"target_session_attrs", "standby"}),
              ElementsAre(Keyword{"host", "a"}, Keyword{"dbname", "d"}, Keyword{"target_session_attrs", "standby"}));
  EXPECT_THAT(with_keyword({{"host", "a"}}, {"port", "1"}), ElementsAre(Keyword{"host", "a"}, Keyword{"port", "1"}));
}

}  // namespace
}  // namespace support::database
