#include "app/alembic/safety/roundtrip/pattern_sample.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace support::alembic::safety {
namespace {

constexpr std::string_view lower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view digits = "0123456789";
constexpr std::size_t longest = 400;

std::string joined_sets(std::initializer_list<std::string_view> sets) {
  std::string all;
  for (const auto set : sets) all += set;
  return all;
}

// What a negated class or a dot is chosen from.
const std::string& ordinary() {
  static const auto all = joined_sets({lower, upper, digits, "_-. @/:#+"});
  return all;
}

std::string word_characters() {
  return joined_sets({lower, upper, digits, "_"});
}

// Of [[:alpha:]] and its kin, and of \d, \w, \s.
std::string named_class(std::string_view name) {
  if (name == "alpha") return joined_sets({lower, upper});
  if (name == "lower") return std::string(lower);
  if (name == "upper") return std::string(upper);
  if (name == "digit" || name == "d") return std::string(digits);
  if (name == "alnum") return joined_sets({lower, upper, digits});
  if (name == "xdigit") return joined_sets({digits, "abcdef"});
  if (name == "space" || name == "blank" || name == "s") return " ";
  if (name == "punct") return "-._!";
  if (name == "w") return word_characters();
  return ordinary();
}

std::string without(const std::string& from, std::string_view set) {
  std::string rest;
  std::ranges::copy_if(from, std::back_inserter(rest), [&](char c) { return set.find(c) == std::string_view::npos; });
  return rest;
}

// Reads the pattern once and writes the text as it goes; a group that is repeated is read again.
class RegexSample {
 public:
  RegexSample(std::string_view pattern, unsigned n) : pattern_(pattern), n_(n) {}

  std::string text() {
    std::string result;
    while (!at_end()) {
      result += alternatives();
      if (!at_end()) ++at_;  // a parenthesis too many
    }
    return result.substr(0, longest);
  }

 private:
  bool at_end() const { return at_ >= pattern_.size(); }
  char peek() const { return pattern_[at_]; }
  bool takes(std::string_view text) {
    if (pattern_.substr(at_, text.size()) != text) return false;
    at_ += text.size();
    return true;
  }

  char pick(std::string_view set) {
    if (set.empty()) return 'a';
    const char chosen = set[n_ % set.size()];
    n_ /= static_cast<unsigned>(std::max<std::size_t>(set.size(), 1));
    return chosen;
  }

  // The first alternative; the others are read for their ends only, so that short ones vary by what is in them.
  std::string alternatives() {
    auto first = sequence();
    while (!at_end() && peek() == '|') {
      ++at_;
      const auto n = n_;
      sequence();
      n_ = n;
    }
    return first;
  }

  std::string sequence() {
    std::string result;
    while (!at_end() && peek() != '|' && peek() != ')') {
      const auto begin = at_;
      auto piece = atom();
      const auto end_of_atom = at_;
      const auto times = quantifier();
      const auto behind = at_;
      if (times == 0) continue;
      result += piece;
      for (std::size_t i = 1; i < times && result.size() < longest; ++i) {
        at_ = begin;
        result += atom();
      }
      at_ = std::max(behind, end_of_atom);
    }
    return result;
  }

  // How often the atom before it is written: once where it may be left out, twice for +.
  std::size_t quantifier() {
    std::size_t times = 1;
    if (at_end()) return times;
    if (peek() == '*' || peek() == '?') {
      ++at_;
    } else if (peek() == '+') {
      ++at_;
      times = 2;
    } else if (peek() == '{' && at_ + 1 < pattern_.size() &&
               std::isdigit(static_cast<unsigned char>(pattern_[at_ + 1])) != 0) {
      ++at_;
      const auto least = number();
      auto most = least;
      if (takes(",")) most = !at_end() && peek() != '}' ? number() : longest;
      takes("}");
      times = least == 0 && most > 0 ? 1 : least;
    }
    takes("?");  // not greedy
    return std::min(times, longest);
  }

  std::size_t number() {
    std::size_t value = 0;
    for (; !at_end() && std::isdigit(static_cast<unsigned char>(peek())) != 0; ++at_) {
      value = std::min<std::size_t>(value * 10 + static_cast<std::size_t>(peek() - '0'), longest);
    }
    return value;
  }

  std::string atom() {
    const char c = peek();
    ++at_;
    switch (c) {
      case '^':
      case '$':
        return {};
      case '.':
        return {pick(lower)};
      case '(':
        return group();
      case '[':
        return {pick(bracket())};
      case '\\':
        return escape();
      default:
        return {c};
    }
  }

  std::string group() {
    const bool looks_around = takes("?=") || takes("?!") || takes("?<=") || takes("?<!");
    if (!looks_around) takes("?:");
    auto text = alternatives();
    takes(")");
    return looks_around ? std::string() : text;
  }

  std::string escape() {
    if (at_end()) return {};
    const char c = peek();
    ++at_;
    switch (c) {
      case 'd':
      case 'w':
      case 's':
        return {pick(named_class(std::string_view(&c, 1)))};
      case 'D':
        return {pick(lower)};
      case 'W':
        return "-";
      case 'S':
        return {pick(word_characters())};
      case 'n':
        return "\n";
      case 't':
        return "\t";
      case 'A':
      case 'Z':
      case 'm':
      case 'M':
      case 'y':
      case 'Y':
        return {};
      default:
        return {c};
    }
  }

  std::string bracket() {
    const bool is_negated = takes("^");
    std::string set;
    for (bool first = true; !at_end() && (first || peek() != ']'); first = false) {
      if (takes("[:")) {
        const auto end = std::min(pattern_.find(":]", at_), pattern_.size());
        set += named_class(pattern_.substr(at_, end - at_));
        at_ = std::min(end + 2, pattern_.size());
        continue;
      }
      char from = peek();
      ++at_;
      if (from == '\\' && !at_end()) {
        from = peek();
        ++at_;
        if (from == 'd' || from == 'w' || from == 's') {
          set += named_class(std::string_view(&from, 1));
          continue;
        }
      }
      const bool is_range = at_ + 1 < pattern_.size() && peek() == '-' && pattern_[at_ + 1] != ']';
      if (!is_range) {
        set += from;
        continue;
      }
      ++at_;
      const auto to = static_cast<unsigned char>(peek());
      ++at_;
      for (auto c = static_cast<unsigned char>(from); c <= to && c < 0x80; ++c) set += static_cast<char>(c);
    }
    takes("]");
    return is_negated ? without(ordinary(), set) : set;
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
  unsigned n_;
};

}  // namespace

std::string sample_of_regex(std::string_view pattern, unsigned n) {
  return RegexSample(pattern, n).text();
}

std::string sample_of_like(std::string_view pattern, unsigned n) {
  std::string text;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '%') {
      text += "x" + std::to_string(n);
    } else if (c == '_') {
      text += lower[n % lower.size()];
    } else {
      if (c == '\\' && i + 1 < pattern.size()) ++i;
      text += pattern[i];
    }
  }
  return text;
}

}  // namespace support::alembic::safety
