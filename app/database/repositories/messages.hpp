#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/database/repositories/conversations.hpp"
#include "app/database/repositories/statement.hpp"
#include "app/database/types.hpp"

namespace support::database {

// A row of messages. role is a label of messagerole.
struct Message {
  std::int32_t id = 0;
  std::int32_t conversation_id = 0;
  std::string role;
  std::string content;
  std::optional<std::string> agent_name;
  std::optional<std::string> intent;
  std::optional<std::string> sentiment;
  std::optional<std::int32_t> confidence_score;
  bool is_error = false;
  bool requires_human = false;
  std::optional<std::string> metadata_json;
  Timestamp created_at;
  Timestamp updated_at;
};

struct NewMessage {
  std::string role;
  std::string content;
  std::optional<std::string> agent_name;
  std::optional<std::string> intent;
  std::optional<std::string> sentiment;
  std::optional<std::int32_t> confidence_score;
  bool is_error = false;
  bool requires_human = false;
  std::optional<std::string> metadata_json;
};

// What may change once a message stands: its assessment. Role and content are the record of what was said and stay.
struct MessagePatch {
  Change<std::string> intent;
  Change<std::string> sentiment;
  Change<std::int32_t> confidence_score;
  std::optional<bool> is_error;
  std::optional<bool> requires_human;
};

struct MessageFilter {
  std::optional<std::string> role;
  std::optional<bool> requires_human;
};

// The table messages.
class Messages {
 public:
  explicit Messages(Database& database) : database_(database) {}

  // Appends to a conversation that is open (ACTIVE or ESCALATED) and counts it, in one statement: the conversation's
  // row is locked while the message is written, so message_count is right and ids follow the order of messages whatever
  // happens at the same time.
  boost::asio::awaitable<Result<std::variant<Message, ConversationRefusal>>> append(std::int32_t conversation_id,
                                                                                    NewMessage message,
                                                                                    Deadline deadline);
  boost::asio::awaitable<Result<std::optional<Message>>> find(std::int32_t id, Freshness freshness, Deadline deadline);
  boost::asio::awaitable<Result<std::vector<Message>>> list(std::int32_t conversation_id, MessageFilter filter,
                                                            Page page, Freshness freshness, Deadline deadline);
  boost::asio::awaitable<Result<std::optional<Message>>> update(std::int32_t id, MessagePatch patch, Deadline deadline);

 private:
  Database& database_;
};

}  // namespace support::database
