#include "app/config/database_url.hpp"

#include <map>

#include <fmt/format.h>

#include "app/config/ascii.hpp"
#include "app/config/connection_keywords.hpp"
#include "app/config/foreign_parameters.hpp"
#include "app/config/host_list.hpp"
#include "app/config/text_values.hpp"
#include "app/config/url_text.hpp"

namespace support::config {
namespace {

constexpr std::string_view mask = "***";

bool is_secret(std::string_view keyword) {
  return keyword == "password" || keyword == "sslpassword";
}

PlusSign plus_sign_of(const RawUrl& raw) {
  if (raw.driver.empty()) return PlusSign::refused;
  return raw.driver == "libpq" ? PlusSign::literal : PlusSign::space;
}

// Gathers what the URL says under libpq's names and refuses two spellings that differ.
class Collector {
 public:
  explicit Collector(const RawUrl& raw) : raw_(raw), plus_(plus_sign_of(raw)) {}

  void collect() {
    store("user", percent_decode(raw_.user, "user name"), "the user name before the host");
    store("password", percent_decode(raw_.password, "password"), "the password before the host");
    store("dbname", percent_decode(raw_.database, "database name"), "the path");
    // Without an '@' what is no host may be user and password, and the query the rest of them: it is refused before
    // anything of the query is named.
    if (!raw_.has_credentials) static_cast<void>(read_hosts({.authority = raw_.hosts, .may_quote = false}));
    for (const RawParameter& parameter : raw_.parameters) add_parameter(parameter);
    settle_tls();
    add_hosts();
    refuse_placeholders();
  }

  std::vector<Keyword> keywords() const {
    std::vector<Keyword> list;
    static constexpr std::array<std::string_view, 5> first = {"host", "port", "dbname", "user", "password"};
    for (const std::string_view name : first) {
      if (const auto it = values_.find(name); it != values_.end()) list.push_back({it->first, it->second.text});
    }
    for (const auto& [name, value] : values_) {
      if (std::find(first.begin(), first.end(), name) == first.end()) list.push_back({name, value.text});
    }
    return list;
  }
  const RuntimeHints& hints() const { return hints_; }

 private:
  struct Value {
    std::string text;
    std::string spelling;  // where the URL has it
  };

  void add_parameter(const RawParameter& raw) {
    const std::string name = percent_decode(raw.name, "name of a parameter");
    const bool foreign = is_foreign_parameter(name);
    if (!raw.value) refuse_without_value(foreign || is_connection_keyword(name) ? name : std::string());
    if (!foreign && !is_connection_keyword(name)) refuse_unknown(name);

    const std::string value = percent_decode(*raw.value, fmt::format("value of the parameter '{}'", name), plus_);
    if (is_secret(name)) after_secret_ = name;
    if (foreign) {
      add_foreign(name, value);
    } else if (name == "host") {
      hosts_.push_back(value);
    } else if (name == "port") {
      ports_.push_back(value);
    } else {
      // node-postgres: encrypted, certificate not checked, which libpq calls `require`.
      store_checked(name, name == "sslmode" && value == "no-verify" ? "require" : value, name);
    }
  }

  void add_foreign(const std::string& name, const std::string& value) {
    const Translation translation = translate_foreign_parameter(name, value);
    if (const auto* keyword = std::get_if<Keyword>(&translation)) {
      store_checked(keyword->name, keyword->value, name);
    } else if (std::holds_alternative<SslOn>(translation)) {
      ssl_on_ = true;
    } else if (const auto* cache = std::get_if<StatementCacheSize>(&translation)) {
      hint(hints_.statement_cache_size, cache_spelling_, cache->statements, name);
    } else if (const auto* command = std::get_if<CommandTimeout>(&translation)) {
      hint(hints_.command_timeout, command_spelling_, command->timeout, name);
    }
  }

  void store_checked(const std::string& name, const std::string& value, const std::string& spelling) {
    check_connection_value(name, value, spelling);
    store(name, value, fmt::format("the parameter '{}'", spelling));
  }

  // Empty user, password and database name mean "not given", as libpq reads them.
  void store(const std::string& name, std::string text, std::string spelling) {
    if (text.empty() && (name == "user" || name == "password" || name == "dbname")) return;
    const auto [it, added] = values_.try_emplace(name, Value{text, spelling});
    if (added || it->second.text == text) return;
    const std::string where = it->second.spelling == spelling ? fmt::format("{}, twice", spelling)
                                                              : fmt::format("{} and {}", it->second.spelling, spelling);
    throw DatabaseUrlError(
        fmt::format("The database URL gives {} two different values, in {}; leave one of them out.", name, where));
  }

  template <typename T>
  static void hint(std::optional<T>& slot, std::string& slot_spelling, T value, const std::string& spelling) {
    if (slot && *slot != value) {
      throw DatabaseUrlError(
          fmt::format("The parameters '{}' and '{}' of the database URL contradict each other; leave one of them out.",
                      slot_spelling, spelling));
    }
    slot = value;
    slot_spelling = spelling;
  }

  // `ssl=true` asks for TLS; an sslmode that insists on TLS says the same and more.
  void settle_tls() {
    if (!ssl_on_) return;
    const auto mode = values_.find("sslmode");
    if (mode == values_.end()) return store("sslmode", "require", "the parameter 'ssl'");
    const std::string& text = mode->second.text;
    if (text == "require" || text == "verify-ca" || text == "verify-full") return;
    throw DatabaseUrlError(fmt::format(
        "The database URL says ssl=true, and sslmode={} in {}, which contradict each other; leave one of them out.",
        text, mode->second.spelling));
  }

  void add_hosts() {
    HostSpellings spellings{.authority = raw_.hosts, .host_parameters = hosts_, .port_parameters = ports_};
    if (const auto hostaddr = values_.find("hostaddr"); hostaddr != values_.end())
      spellings.hostaddr = hostaddr->second.text;
    spellings.may_quote = !raw_.password.empty() && !raw_.at_sign_after_hosts;
    const HostsAndPorts servers = read_hosts(spellings);
    if (!servers.host.empty()) store("host", servers.host, "");
    if (!servers.port.empty()) store("port", servers.port, "");
  }

  // Consoles print a word, or stars, where the password belongs.
  void refuse_placeholders() const {
    const auto password = values_.find("password");
    if (password == values_.end()) return;
    const std::string& text = password->second.text;
    const bool stars = text.size() >= 3 && text.find_first_not_of('*') == std::string::npos;
    const bool bracketed =
        text.size() > 2 && ((text.front() == '[' && text.back() == ']') ||
                            (text.front() == '<' && text.back() == '>') || (text.front() == '{' && text.back() == '}'));
    const bool says_password = upper_case(text).find("PASSWORD") != std::string::npos;
    if (!stars && !(bracketed && says_password)) return;
    throw DatabaseUrlError(
        "The database URL holds a placeholder where the password belongs, as consoles and logs print it; write the "
        "password "
        "itself.");
  }

  [[noreturn]] static void refuse_without_value(std::string_view name) {
    throw DatabaseUrlError(
        fmt::format("{} of the database URL has no '='; write name=value, and an '&' that belongs to a value as %26.",
                    name.empty() ? std::string("A parameter") : fmt::format("The parameter '{}'", name)));
  }

  // A piece of a password that holds a raw '&' ends up here too, so after a password only a slip of the pen is quoted.
  [[noreturn]] void refuse_unknown(std::string_view name) const {
    const std::string_view nearest = nearest_parameter(name);
    const bool plain = !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
      return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.';
    });
    if (!plain || (!after_secret_.empty() && !is_misspelling(name, nearest))) {
      throw DatabaseUrlError(
          "The database URL holds a parameter that is not known; allowed are libpq's connection parameters. Write an "
          "'&' that "
          "belongs to a password as %26.");
    }
    throw DatabaseUrlError(fmt::format(
        "The parameter '{}' of the database URL is not known; {}.", name,
        nearest.empty()
            ? std::string("allowed are PostgreSQL 15's connection parameters (manual, section 34.1.2), and server "
                          "settings as options=-cname%3Dvalue")
            : fmt::format("the nearest that is known is '{}'", nearest)));
  }

  const RawUrl& raw_;
  PlusSign plus_;
  std::map<std::string, Value, std::less<>> values_;
  std::vector<std::string> hosts_;
  std::vector<std::string> ports_;
  bool ssl_on_ = false;
  std::string after_secret_;
  RuntimeHints hints_;
  std::string cache_spelling_;
  std::string command_spelling_;
};

// `url` with the passwords that `raw` points at replaced.
std::string mask_passwords(std::string_view url, const RawUrl& raw) {
  std::vector<std::string_view> secrets;
  if (!raw.password.empty()) secrets.push_back(raw.password);
  for (const RawParameter& parameter : raw.parameters) {
    const bool secret = is_secret(percent_decode(parameter.name, "name of a parameter"));
    if (secret && parameter.value && !parameter.value->empty()) secrets.push_back(*parameter.value);
  }
  std::string masked;
  const char* from = url.data();
  for (const std::string_view secret : secrets) {
    masked.append(from, secret.data());
    masked += mask;
    from = secret.data() + secret.size();
  }
  masked.append(from, url.data() + url.size());
  return masked;
}

// Hosts that fit between '@' and '/'; socket folders, and lists whose ports libpq would read otherwise there, don't.
std::optional<std::string> authority_hosts(std::string_view host, std::string_view port) {
  if (host.empty()) return std::nullopt;
  const auto hosts = split(host, ',');
  const auto ports = port.empty() ? std::vector<std::string_view>() : split(port, ',');
  if (ports.empty() ? hosts.size() != 1 : hosts.size() != ports.size()) return std::nullopt;
  std::string text;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    if (is_socket(hosts[i])) return std::nullopt;
    if (i > 0) text += ',';
    const bool ipv6 = hosts[i].find(':') != std::string_view::npos;
    text += ipv6 ? fmt::format("[{}]", percent_encode(hosts[i], ":")) : percent_encode(hosts[i]);
    if (!ports.empty() && !ports[i].empty()) text += fmt::format(":{}", ports[i]);
  }
  return text;
}

}  // namespace

DatabaseUrl DatabaseUrl::parse(std::string_view url) {
  const RawUrl raw = split_url(url);
  Collector collector(raw);
  try {
    collector.collect();
  } catch (const DatabaseUrlError&) {
    if (!raw.at_sign_after_hosts) throw;
    // With an '@' in the query what was refused may be a piece of a password that is not encoded: nothing of it is
    // quoted.
    throw DatabaseUrlError(
        "A parameter of the database URL can't be used. The URL holds an '@' after its '?': write '@' as %40 there, "
        "and '/', "
        "'?', '#', '&' in user name and password as %2F, %3F, %23, %26, for a message that names the parameter.");
  }
  DatabaseUrl parsed;
  parsed.given_ = url;
  parsed.masked_ = mask_passwords(url, raw);
  parsed.keywords_ = collector.keywords();
  parsed.runtime_hints_ = collector.hints();
  return parsed;
}

std::string_view DatabaseUrl::keyword(std::string_view name) const {
  const auto it = std::find_if(keywords_.begin(), keywords_.end(), [name](const Keyword& k) { return k.name == name; });
  return it == keywords_.end() ? std::string_view() : std::string_view(it->value);
}

std::string DatabaseUrl::sync(Password password) const {
  const auto secret = [password](std::string_view value) {
    return password == Password::show ? percent_encode(value) : std::string(mask);
  };
  std::string url = "postgresql://";
  if (!keyword("user").empty() || !keyword("password").empty()) {
    url += percent_encode(keyword("user"));
    if (!keyword("password").empty()) url += ":" + secret(keyword("password"));
    url += '@';
  }
  const auto hosts = authority_hosts(keyword("host"), keyword("port"));
  url += hosts.value_or("");
  url += '/';
  url += percent_encode(keyword("dbname"));

  char separator = '?';
  for (const Keyword& k : keywords_) {
    if (k.name == "user" || k.name == "password" || k.name == "dbname") continue;
    if (hosts && (k.name == "host" || k.name == "port")) continue;
    url +=
        fmt::format("{}{}={}", separator, k.name, is_secret(k.name) ? secret(k.value) : percent_encode(k.value, "/:,"));
    separator = '&';
  }
  return url;
}

}  // namespace support::config
