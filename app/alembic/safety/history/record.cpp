#include "app/alembic/safety/history/record.hpp"

#include <chrono>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "app/alembic/script/sha256.hpp"

namespace support::alembic::safety {

namespace {

// Every field with its length, so that no two records have one text.
class Text {
 public:
  Text& add(std::string_view field) {
    text_ += fmt::format("{}:{}\n", field.size(), field);
    return *this;
  }
  Text& add(std::int64_t number) { return add(std::string_view(fmt::format("{}", number))); }
  Text& add(const std::optional<std::string>& field) {
    if (field) return add(std::string_view(*field));
    text_ += "-\n";
    return *this;
  }

  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string text_of(const Record& record) {
  Text text;
  text.add(std::string_view(record.version_table))
      .add(record.position)
      .add(std::string_view(record.revision))
      .add(name_of(record.direction))
      .add(name_of(record.outcome))
      .add(record.applied ? std::optional<std::string>(*record.applied ? "t" : "f") : std::nullopt)
      .add(static_cast<std::int64_t>(record.rows.size()));
  for (const auto& row : record.rows) text.add(std::string_view(row));
  text.add(record.started_at)
      .add(record.duration)
      .add(std::string_view(record.database_user))
      .add(std::string_view(record.os_user))
      .add(std::string_view(record.host))
      .add(std::string_view(record.build))
      .add(std::string_view(record.reason))
      .add(std::string_view(record.error))
      .add(record.checksums.bytes)
      .add(record.checksums.operations)
      .add(record.checksums.form);
  return text.take();
}

}  // namespace

std::string_view name_of(Record::Direction direction) {
  switch (direction) {
    case Record::Direction::upgrade:
      return "upgrade";
    case Record::Direction::downgrade:
      return "downgrade";
    case Record::Direction::stamp:
      return "stamp";
    case Record::Direction::repair:
      break;
  }
  return "repair";
}

std::string_view name_of(Record::Outcome outcome) {
  switch (outcome) {
    case Record::Outcome::started:
      return "started";
    case Record::Outcome::done:
      return "done";
    case Record::Outcome::failed:
      break;
  }
  return "failed";
}

Links next_links(const Links& before, const Record& record) {
  Links links;
  links.bytes = sha256(before.bytes + record.checksums.bytes.value_or(""));
  links.operations = sha256(before.operations + record.checksums.operations.value_or(""));
  links.record = sha256(fmt::format("{}\n{}\n{}\n{}", before.record, links.bytes, links.operations, text_of(record)));
  return links;
}

std::string time_text(std::int64_t microseconds) {
  const std::chrono::system_clock::time_point time{
      std::chrono::duration_cast<std::chrono::system_clock::duration>(std::chrono::microseconds(microseconds))};
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(std::chrono::floor<std::chrono::seconds>(time)));
}

}  // namespace support::alembic::safety
