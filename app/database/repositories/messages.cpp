#include "app/database/repositories/messages.hpp"

namespace support::database {

template <>
struct RowMapping<Message> {
  static constexpr auto columns = std::tuple{column("id", &Message::id),
                                             column("conversation_id", &Message::conversation_id),
                                             column("role", &Message::role),
                                             column("content", &Message::content),
                                             column("agent_name", &Message::agent_name),
                                             column("intent", &Message::intent),
                                             column("sentiment", &Message::sentiment),
                                             column("confidence_score", &Message::confidence_score),
                                             column("is_error", &Message::is_error),
                                             column("requires_human", &Message::requires_human),
                                             column("metadata_json", &Message::metadata_json),
                                             column("created_at", &Message::created_at),
                                             column("updated_at", &Message::updated_at)};
};

namespace {
constexpr std::string_view columns =
    "id, conversation_id, role, content, agent_name, intent, sentiment, confidence_score, is_error, requires_human, "
    "metadata_json, created_at, updated_at";
}

boost::asio::awaitable<Result<std::variant<Message, ConversationRefusal>>> Messages::append(
    std::int32_t conversation_id, NewMessage message, Deadline deadline) {
  using Outcome = std::variant<Message, ConversationRefusal>;
  // clock_timestamp(), not now(): a writer that waited for the row must not date its message before the one it waited
  // for.
  auto sql = fmt::format(
      "WITH conversation AS (UPDATE conversations SET message_count = message_count + 1, updated_at = "
      "clock_timestamp() "
      "WHERE id = $1 AND status IN ('ACTIVE', 'ESCALATED') RETURNING id, updated_at) "
      "INSERT INTO messages (conversation_id, role, content, agent_name, intent, sentiment, confidence_score, "
      "is_error, "
      "requires_human, metadata_json, created_at, updated_at) "
      "SELECT conversation.id, $2, $3, $4, $5, $6, $7, $8, $9, $10, conversation.updated_at, conversation.updated_at "
      "FROM conversation RETURNING {}",
      columns);
  auto params = make_params(conversation_id, Inferred{message.role}, message.content, message.agent_name,
                            message.intent, message.sentiment, message.confidence_score, message.is_error,
                            message.requires_human, message.metadata_json);
  auto appended = co_await fetch_optional<Message>(database_, std::move(sql), std::move(params), deadline);
  if (!appended) co_return appended.error();
  if (*appended) co_return Outcome(std::move(**appended));
  Conversations conversations(database_);
  auto existing = co_await conversations.find(conversation_id, Freshness::current, deadline);
  if (!existing) co_return existing.error();
  co_return Outcome(*existing ? ConversationRefusal::not_open : ConversationRefusal::absent);
}

boost::asio::awaitable<Result<std::optional<Message>>> Messages::find(std::int32_t id, Freshness freshness,
                                                                      Deadline deadline) {
  static const std::string sql = fmt::format("SELECT {} FROM messages WHERE id = $1", columns);
  return read_optional<Message>(database_, freshness, sql, make_params(id), deadline);
}

boost::asio::awaitable<Result<std::vector<Message>>> Messages::list(std::int32_t conversation_id, MessageFilter filter,
                                                                    Page page, Freshness freshness, Deadline deadline) {
  Clauses where(" AND ");
  where.add("conversation_id = ", conversation_id);
  where.add("id > ", page.after_id);
  if (filter.role) where.add("role = ", Inferred{*filter.role});
  where.add_if("requires_human = ", filter.requires_human);
  const std::string limit = where.placeholder(page.limit);
  // id + 0: once the statement is prepared for any limit, the planner would rather walk the primary key of the whole
  // table than sort the messages of one conversation.
  auto sql = fmt::format("SELECT {} FROM messages WHERE {} ORDER BY id + 0 LIMIT {}", columns, where.text(), limit);
  return read_all<Message>(database_, freshness, std::move(sql), std::move(where.params()), deadline);
}

boost::asio::awaitable<Result<std::optional<Message>>> Messages::update(std::int32_t id, MessagePatch patch,
                                                                        Deadline deadline) {
  Clauses set(", ");
  set.add_change("intent = ", patch.intent);
  set.add_change("sentiment = ", patch.sentiment);
  set.add_change("confidence_score = ", patch.confidence_score);
  set.add_if("is_error = ", patch.is_error);
  set.add_if("requires_human = ", patch.requires_human);
  if (set.text().empty()) co_return co_await find(id, Freshness::current, deadline);
  set.add_text("updated_at = now()");
  const std::string where = set.placeholder(id);
  auto sql = fmt::format("UPDATE messages SET {} WHERE id = {} RETURNING {}", set.text(), where, columns);
  co_return co_await fetch_optional<Message>(database_, std::move(sql), std::move(set.params()), deadline);
}

}  // namespace support::database
