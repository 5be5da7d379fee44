#pragma once

#include <string_view>

namespace support::cli {

// Invented people. The numbers are from the ranges that Ofcom and the payment schemes keep for fiction.
inline constexpr std::string_view seed_sql = R"sql(
INSERT INTO customers (customer_id, first_name, last_name, email, phone, account_number, is_active, is_verified, is_vip,
                       notes, created_at, updated_at)
VALUES
  ('CUST-0001', 'Amara', 'Okafor', 'amara.okafor@example.co.uk', '+447700900101', '00001001', true, true, false, NULL,
   now() - interval '40 days', now() - interval '40 days'),
  ('CUST-0002', 'Bronwen', 'Pritchard', 'bronwen.pritchard@example.co.uk', '+447700900102', '00001002', true, true, true,
   'Prefers letters in Welsh.', now() - interval '35 days', now() - interval '35 days'),
  ('CUST-0003', 'Callum', 'Fraser', 'callum.fraser@example.co.uk', '+447700900103', '00001003', true, false, false, NULL,
   now() - interval '20 days', now() - interval '20 days'),
  ('CUST-0004', 'Dilys', 'Hargreaves', 'dilys.hargreaves@example.co.uk', NULL, '00001004', false, true, false,
   'Account closed at her request.', now() - interval '300 days', now() - interval '10 days');

INSERT INTO conversations (customer_id, title, status, channel, intent, sentiment, message_count, escalation_reason,
                           created_at, updated_at)
SELECT id, 'Card declined abroad', 'ACTIVE'::conversationstatus, 'WEB'::conversationchannel, 'card_declined', 'negative', 0,
       NULL, now() - interval '2 hours', now() - interval '2 hours'
FROM customers WHERE customer_id = 'CUST-0001'
UNION ALL
SELECT id, 'Change of address', 'RESOLVED', 'MOBILE', 'address_change', 'neutral', 0, NULL, now() - interval '9 days',
       now() - interval '8 days'
FROM customers WHERE customer_id = 'CUST-0002'
UNION ALL
SELECT id, 'A payment I did not make', 'ESCALATED', 'WHATSAPP', 'fraud_report', 'negative', 0,
       'The customer reports fraud: a person must decide.', now() - interval '1 day', now() - interval '1 day'
FROM customers WHERE customer_id = 'CUST-0003';

INSERT INTO messages (conversation_id, role, content, agent_name, intent, sentiment, confidence_score, is_error,
                      requires_human, created_at, updated_at)
SELECT c.id, said.role::messagerole, said.content, said.agent_name, NULL, NULL, NULL, false, said.requires_human,
       c.created_at + said.after, c.created_at + said.after
FROM conversations c
JOIN (VALUES
  ('Card declined abroad', 'CUSTOMER', 'My card was refused in Lisbon this morning. Is something wrong?', NULL, false,
   interval '0 minutes'),
  ('Card declined abroad', 'AGENT', 'I am sorry about that. May I ask you two questions to make sure it is you?',
   'card-specialist', false, interval '1 minute'),
  ('Change of address', 'CUSTOMER', 'I have moved. Can you update my address?', NULL, false, interval '0 minutes'),
  ('Change of address', 'AGENT', 'Done: letters go to the new address from today.', 'account-specialist', false,
   interval '3 minutes'),
  ('A payment I did not make', 'CUSTOMER', 'There is a payment of 240 pounds that I did not make.', NULL, false,
   interval '0 minutes'),
  ('A payment I did not make', 'SYSTEM', 'Handed over to the fraud team.', NULL, true, interval '1 minute')
) AS said(title, role, content, agent_name, requires_human, after) ON said.title = c.title
ORDER BY c.id, said.after;

UPDATE conversations c SET message_count = (SELECT count(*) FROM messages m WHERE m.conversation_id = c.id);
)sql";

}  // namespace support::cli
