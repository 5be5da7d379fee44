#include "app/alembic/script/sql_sections.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/script/sql_split.hpp"
#include "app/alembic/script/sql_words.hpp"
#include "app/alembic/script/text.hpp"

namespace support::alembic {

namespace {

constexpr std::string_view word_of_markers = "migrate:";

struct Marker {
  enum class Kind { upgrade, downgrade, irreversible, loses, unknown };

  Kind kind = Kind::unknown;
  std::string_view text;      // the comment
  std::string_view argument;  // what stands behind the marker
  std::size_t begin = 0;      // of its line
  std::size_t end = 0;        // of its line, the line break included
  unsigned line = 0;
};

Marker::Kind kind_of(std::string_view name) {
  if (name == "upgrade") return Marker::Kind::upgrade;
  if (name == "downgrade") return Marker::Kind::downgrade;
  if (name == "irreversible") return Marker::Kind::irreversible;
  if (name == "loses") return Marker::Kind::loses;
  return Marker::Kind::unknown;
}

// The marker that a `--` comment is; only one that is alone on its line counts.
std::optional<Marker> marker_of(std::string_view text, const SqlLineComment& comment) {
  const auto words = trimmed(comment.text.substr(2));
  if (!same_word(words.substr(0, word_of_markers.size()), word_of_markers)) return std::nullopt;
  const auto line_begin = comment.offset == 0 ? 0 : text.rfind('\n', comment.offset - 1) + 1;
  const auto before = trimmed(text.substr(line_begin, comment.offset - line_begin));
  if (!before.empty() && before != "\xEF\xBB\xBF") return std::nullopt;
  const auto name_end = std::min(words.find_first_of(" \t"), words.size());
  Marker marker{.text = trimmed(comment.text), .argument = trimmed(words.substr(name_end)), .line = comment.line};
  marker.kind = kind_of(words.substr(word_of_markers.size(), name_end - word_of_markers.size()));
  marker.begin = line_begin;
  marker.end = std::min(text.find('\n', comment.offset), text.size() - 1) + 1;
  return marker;
}

// Every line that looks like a marker, whatever it stands in. Cheap, and right for nearly all files.
std::vector<Marker> lines_like_markers(std::string_view text) {
  std::vector<Marker> markers;
  unsigned line = 1;
  std::size_t counted = 0;
  for (auto at = text.find("--"); at != std::string_view::npos; at = text.find("--", at)) {
    const auto end = std::min(text.find('\n', at), text.size());
    if (auto marker = marker_of(text, {text.substr(at, end - at), at})) {
      line += static_cast<unsigned>(std::ranges::count(text.substr(counted, at - counted), '\n'));
      counted = at;
      marker->line = line;
      markers.push_back(*marker);
    }
    at = end;
  }
  return markers;
}

std::vector<Marker> markers_outside_of_data(std::string_view text) {
  std::vector<Marker> markers;
  for (const auto& comment : sql_line_comments(text)) {
    if (const auto marker = marker_of(text, comment)) markers.push_back(*marker);
  }
  return markers;
}

bool is_usual(const std::vector<Marker>& markers) {
  return markers.size() == 2 && markers[0].kind == Marker::Kind::upgrade && markers[1].kind == Marker::Kind::downgrade;
}

class SectionFinder {
 public:
  SectionFinder(std::string_view text, std::string_view path) : text_(text), path_(path) {}

  SqlSections find() {
    auto markers = lines_like_markers(text_);
    if (!is_usual(markers)) markers = markers_outside_of_data(text_);
    for (const auto& marker : markers) take(marker);
    if (upgrade_ == nullptr) {
      fail(1,
           "The file has no line `-- migrate:upgrade`; write it above the statements of the upgrade, and `-- "
           "migrate:downgrade` above those of the way back");
    }
    if (downgrade_ == nullptr && irreversible_ == nullptr) {
      fail(upgrade_->line,
           "The file has no line `-- migrate:downgrade`; write it above the statements of the way back, "
           "or `-- migrate:irreversible REASON` when there is none");
    }
    auto sections = cut();
    check(sections);
    return sections;
  }

 private:
  [[noreturn]] void fail(unsigned line, std::string_view sentence) const {
    throw CommandError(fmt::format("{}:{}: {}", path_, line, sentence));
  }

  void take(const Marker& marker) {
    switch (marker.kind) {
      case Marker::Kind::unknown:
        fail(marker.line,
             fmt::format("`{}` is no marker; the markers are `-- migrate:upgrade`, `-- migrate:downgrade`, "
                         "`-- migrate:irreversible REASON` and `-- migrate:loses REASON`",
                         marker.text));
      case Marker::Kind::upgrade:
        if (downgrade_ != nullptr || irreversible_ != nullptr) {
          fail(marker.line, fmt::format("`{}` stands below `{}`; the upgrade comes first", marker.text,
                                        (downgrade_ != nullptr ? downgrade_ : irreversible_)->text));
        }
        take_once(upgrade_, marker);
        break;
      case Marker::Kind::downgrade:
        take_once(downgrade_, marker);
        break;
      case Marker::Kind::irreversible:
        if (marker.argument.empty()) {
          fail(marker.line, "`-- migrate:irreversible` gives no reason; write why there is no way back, behind it");
        }
        take_once(irreversible_, marker);
        break;
      case Marker::Kind::loses:
        if (upgrade_ == nullptr) {
          fail(marker.line, fmt::format("`{}` stands above `-- migrate:upgrade`; move it below", marker.text));
        }
        if (marker.argument.empty()) {
          fail(marker.line, "`-- migrate:loses` gives no reason; write what does not come back and why, behind it");
        }
        take_once(loses_, marker);
        break;
    }
  }

  void take_once(const Marker*& place, const Marker& marker) {
    const bool takes_reason = marker.kind == Marker::Kind::irreversible || marker.kind == Marker::Kind::loses;
    if (!takes_reason && !marker.argument.empty()) {
      fail(marker.line, fmt::format("`{}` has '{}' behind the marker, which means nothing; take it out", marker.text,
                                    marker.argument));
    }
    if (place != nullptr) {
      fail(marker.line, fmt::format("`{}` stands here and in line {}; keep one", marker.text, place->line));
    }
    place = &kept_.emplace_back(marker);
  }

  SqlSections cut() const {
    const auto section = [this](const Marker& marker, std::size_t end) {
      return SqlSection{text_.substr(marker.end, end - marker.end), marker.line + 1};
    };
    const auto* second = downgrade_ != nullptr ? downgrade_ : irreversible_;
    if (irreversible_ != nullptr && irreversible_->begin < second->begin) second = irreversible_;
    SqlSections sections{.header = text_.substr(0, upgrade_->begin), .upgrade = section(*upgrade_, second->begin)};
    sections.downgrade = section(*second, text_.size());
    if (irreversible_ != nullptr) sections.irreversible = irreversible_->argument;
    if (loses_ != nullptr) sections.loses = loses_->argument;
    return sections;
  }

  // A way up and none down is a mistake until somebody says that it is not. A script without any statement is not one:
  // it merges branches, or waits to be filled in.
  void check(const SqlSections& sections) const {
    const bool goes_down = holds_statement(sections.downgrade.text, sections.downgrade.line);
    if (sections.irreversible && sections.loses) {
      fail(loses_->line, fmt::format("The file says `{}` and `{}`; where there is no way back, the first says it all",
                                     irreversible_->text, loses_->text));
    }
    if (sections.irreversible) {
      if (!goes_down) return;
      fail(irreversible_->line,
           fmt::format("The file says `{}` and has a downgrade as well; keep one of the two", irreversible_->text));
    }
    if (!goes_down && holds_statement(sections.upgrade.text, sections.upgrade.line)) {
      fail(downgrade_->line,
           "The downgrade is empty; write the statements of the way back below this line, or `-- "
           "migrate:irreversible REASON` when there is none");
    }
  }

  std::string_view text_;
  std::string_view path_;
  std::vector<Marker> kept_ = reserved();
  const Marker* upgrade_ = nullptr;
  const Marker* downgrade_ = nullptr;
  const Marker* irreversible_ = nullptr;
  const Marker* loses_ = nullptr;

  // Pointers into it are kept.
  static std::vector<Marker> reserved() {
    std::vector<Marker> markers;
    markers.reserve(4);
    return markers;
  }
};

}  // namespace

SqlSections find_sql_sections(std::string_view text, std::string_view path) {
  try {
    return SectionFinder(text, path).find();
  } catch (const SqlSyntaxError& error) {
    throw CommandError(fmt::format("{}:{}:{}: {}", path, error.line(), error.column(), error.what()));
  }
}

}  // namespace support::alembic
