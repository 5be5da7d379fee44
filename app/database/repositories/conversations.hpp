#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/database/repositories/statement.hpp"
#include "app/database/types.hpp"

namespace support::database {

// A row of conversations. status and channel are labels of conversationstatus and conversationchannel.
struct Conversation {
  std::int32_t id = 0;
  std::int32_t customer_id = 0;  // customers.id
  std::string title;
  std::string status;
  std::string channel;
  std::optional<std::string> summary;
  std::optional<std::string> intent;
  std::optional<std::string> sentiment;
  std::int32_t message_count = 0;
  std::optional<std::string> escalation_reason;
  std::string priority;  // a label of conversationpriority
  std::optional<std::string> ticket_id;
  std::optional<std::string> assigned_group;
  Timestamp created_at;
  Timestamp updated_at;
};

struct NewConversation {
  std::int32_t customer_id = 0;
  std::string title;
  std::string channel;
  std::optional<std::string> summary;
  std::optional<std::string> intent;
  std::optional<std::string> sentiment;
};

struct ConversationPatch {
  std::optional<std::string> title;
  std::optional<std::string> status;
  std::optional<std::string> priority;
  Change<std::string> summary;
  Change<std::string> intent;
  Change<std::string> sentiment;
  Change<std::string> escalation_reason;
  Change<std::string> ticket_id;
  Change<std::string> assigned_group;
};

struct ConversationFilter {
  std::optional<std::int32_t> customer_id;
  std::optional<std::string> status;
  std::optional<std::string> channel;
  std::optional<std::string> intent;
};

// Why a conversation was left as it is.
enum class ConversationRefusal { absent, not_open };

// The table conversations. An unknown customer is a foreign key violation.
class Conversations {
 public:
  explicit Conversations(Database& database) : database_(database) {}

  // Starts ACTIVE and without messages.
  boost::asio::awaitable<Result<Conversation>> create(NewConversation conversation, Deadline deadline);
  boost::asio::awaitable<Result<std::optional<Conversation>>> find(std::int32_t id, Freshness freshness,
                                                                   Deadline deadline);
  boost::asio::awaitable<Result<std::vector<Conversation>>> list(ConversationFilter filter, Page page,
                                                                 Freshness freshness, Deadline deadline);
  // A CLOSED conversation is final: not_open.
  boost::asio::awaitable<Result<std::variant<Conversation, ConversationRefusal>>> update(std::int32_t id,
                                                                                         ConversationPatch patch,
                                                                                         Deadline deadline);
  // Closing twice is no error. Empty when there is no such conversation.
  boost::asio::awaitable<Result<std::optional<Conversation>>> close(std::int32_t id, Deadline deadline);

 private:
  Database& database_;
};

}  // namespace support::database
