#include "app/database/repositories/conversations.hpp"

namespace support::database {

template <>
struct RowMapping<Conversation> {
  static constexpr auto columns = std::tuple{column("id", &Conversation::id),
                                             column("customer_id", &Conversation::customer_id),
                                             column("title", &Conversation::title),
                                             column("status", &Conversation::status),
                                             column("channel", &Conversation::channel),
                                             column("summary", &Conversation::summary),
                                             column("intent", &Conversation::intent),
                                             column("sentiment", &Conversation::sentiment),
                                             column("message_count", &Conversation::message_count),
                                             column("escalation_reason", &Conversation::escalation_reason),
                                             column("priority", &Conversation::priority),
                                             column("ticket_id", &Conversation::ticket_id),
                                             column("assigned_group", &Conversation::assigned_group),
                                             column("created_at", &Conversation::created_at),
                                             column("updated_at", &Conversation::updated_at)};
};

namespace {
constexpr std::string_view columns =
    "id, customer_id, title, status, channel, summary, intent, sentiment, message_count, escalation_reason, priority, "
    "ticket_id, assigned_group, created_at, updated_at";

std::optional<Inferred> label(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  return Inferred{*text};
}
}  // namespace

boost::asio::awaitable<Result<Conversation>> Conversations::create(NewConversation conversation, Deadline deadline) {
  auto sql = fmt::format(
      "INSERT INTO conversations (customer_id, title, status, channel, summary, intent, sentiment, message_count, "
      "created_at, updated_at) VALUES ($1, $2, 'ACTIVE', $3, $4, $5, $6, 0, now(), now()) RETURNING {}",
      columns);
  auto params = make_params(conversation.customer_id, conversation.title, Inferred{conversation.channel},
                            conversation.summary, conversation.intent, conversation.sentiment);
  auto rows = co_await run_statement(database_, std::move(sql), std::move(params), deadline);
  if (!rows) co_return rows.error();
  co_return rows->single<Conversation>();
}

boost::asio::awaitable<Result<std::optional<Conversation>>> Conversations::find(std::int32_t id, Freshness freshness,
                                                                                Deadline deadline) {
  static const std::string sql = fmt::format("SELECT {} FROM conversations WHERE id = $1", columns);
  return read_optional<Conversation>(database_, freshness, sql, make_params(id), deadline);
}

boost::asio::awaitable<Result<std::vector<Conversation>>> Conversations::list(ConversationFilter filter, Page page,
                                                                              Freshness freshness, Deadline deadline) {
  Clauses where(" AND ");
  where.add("id > ", page.after_id);
  where.add_if("customer_id = ", filter.customer_id);
  where.add_if("status = ", label(filter.status));
  where.add_if("channel = ", label(filter.channel));
  where.add_if("intent = ", filter.intent);
  const std::string limit = where.placeholder(page.limit);
  auto sql = fmt::format("SELECT {} FROM conversations WHERE {} ORDER BY id LIMIT {}", columns, where.text(), limit);
  return read_all<Conversation>(database_, freshness, std::move(sql), std::move(where.params()), deadline);
}

boost::asio::awaitable<Result<std::variant<Conversation, ConversationRefusal>>> Conversations::update(
    std::int32_t id, ConversationPatch patch, Deadline deadline) {
  using Outcome = std::variant<Conversation, ConversationRefusal>;
  Clauses set(", ");
  set.add_if("title = ", patch.title);
  set.add_if("status = ", label(patch.status));
  set.add_if("priority = ", label(patch.priority));
  set.add_change("summary = ", patch.summary);
  set.add_change("intent = ", patch.intent);
  set.add_change("sentiment = ", patch.sentiment);
  set.add_change("escalation_reason = ", patch.escalation_reason);
  set.add_change("ticket_id = ", patch.ticket_id);
  set.add_change("assigned_group = ", patch.assigned_group);
  set.add_text("updated_at = now()");
  const std::string where = set.placeholder(id);
  auto sql = fmt::format("UPDATE conversations SET {} WHERE id = {} AND status <> 'CLOSED' RETURNING {}", set.text(),
                         where, columns);
  auto updated = co_await fetch_optional<Conversation>(database_, std::move(sql), std::move(set.params()), deadline);
  if (!updated) co_return updated.error();
  if (*updated) co_return Outcome(std::move(**updated));
  auto existing = co_await find(id, Freshness::current, deadline);
  if (!existing) co_return existing.error();
  co_return Outcome(*existing ? ConversationRefusal::not_open : ConversationRefusal::absent);
}

boost::asio::awaitable<Result<std::optional<Conversation>>> Conversations::close(std::int32_t id, Deadline deadline) {
  auto sql = fmt::format(
      "UPDATE conversations SET status = 'CLOSED', updated_at = now() WHERE id = $1 AND status <> 'CLOSED' RETURNING "
      "{}",
      columns);
  auto closed = co_await fetch_optional<Conversation>(database_, std::move(sql), make_params(id), deadline);
  if (!closed || *closed) co_return closed;
  co_return co_await find(id, Freshness::current, deadline);
}

}  // namespace support::database
