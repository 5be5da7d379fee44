// Create documents and document_chunks
//
// Revision ID: 4a9f07b3e6d8
// Revises: d52e81c7460b
// Create Date: 2026-01-26 13:54:08.117390

#include "app/alembic/migration.hpp"

namespace support::alembic {
namespace {

using namespace schema;

constexpr std::string_view revision = "4a9f07b3e6d8";
const Revisions down_revision = {"d52e81c7460b"};
const Labels branch_labels = {};
const Revisions depends_on = {};

void create_documents(Operations& op) {
  op.create_table(
      "documents",
      {column("title", String(300), {.nullable = false, .comment = "Heading"}),
       column("source", Text(), {.nullable = false, .comment = "Where it came from: an address or a path"}),
       column("content_hash", String(64),
              {.nullable = false,
               .comment = "SHA-256 of the text in hexadecimal, to know a changed text from an unchanged one"}),
       column("language", String(10),
              {.nullable = false, .server_default = "en-GB", .comment = "Language tag, BCP 47"}),
       column("is_active", Boolean(),
              {.nullable = false,
               .server_default = text("true"),
               .comment = "Whether answers may still be drawn from it"}),
       column("metadata_json", Jsonb(),
              {.nullable = false, .server_default = text("'{}'"), .comment = "Further facts about the document"}),
       column("id", Integer(), {.nullable = false, .comment = "Surrogate key"}),
       column("created_at", DateTime{.timezone = true},
              {.nullable = false, .server_default = text("now()"), .comment = "When the row was written"}),
       column("updated_at", DateTime{.timezone = true},
              {.nullable = false, .server_default = text("now()"), .comment = "When the row last changed"}),
       PrimaryKeyConstraint({"id"})},
      {.comment = "Texts that answers may be drawn from"});
  op.create_index("ix_documents_source", "documents", {"source"}, {.unique = true});
}

void create_document_chunks(Operations& op) {
  op.create_table(
      "document_chunks",
      {column("document_id", Integer(), {.nullable = false, .comment = "The document that it is a piece of"}),
       column("chunk_index", Integer(), {.nullable = false, .comment = "Place in the document, from zero"}),
       column("content", Text(), {.nullable = false, .comment = "The text of the piece"}),
       column("token_count", Integer(), {.comment = "Length as the embedding model counts it"}),
       column("embedding_model", String(100), {.comment = "The model that made the embedding"}),
       column("embedding", Vector(384), {.comment = "Meaning as a vector; empty until the model has seen it"}),
       column("id", Integer(), {.nullable = false, .comment = "Surrogate key"}),
       column("created_at", DateTime{.timezone = true},
              {.nullable = false, .server_default = text("now()"), .comment = "When the row was written"}),
       column("updated_at", DateTime{.timezone = true},
              {.nullable = false, .server_default = text("now()"), .comment = "When the row last changed"}),
       ForeignKeyConstraint({"document_id"}, {"documents.id"}, {.ondelete = "CASCADE"}),
       UniqueConstraint({"document_id", "chunk_index"}, {.name = "uq_document_chunks_document_id_chunk_index"}),
       CheckConstraint("chunk_index >= 0", {.name = "ck_document_chunks_chunk_index"}), PrimaryKeyConstraint({"id"})},
      {.comment = "Documents in pieces short enough to be searched and quoted"});
  op.create_index("idx_document_chunk_search", "document_chunks", {text("to_tsvector('english', content)")},
                  {.using_ = "gin"});
}

void upgrade(Operations& op) {
  op.create_extension("vector", {.if_not_exists = true, .if_available = true});
  create_documents(op);
  create_document_chunks(op);
}

void downgrade(Operations& op) {
  // The extension stays: whether this migration created it cannot be known (IF NOT EXISTS), another application of the
  // same database may use it, and without our tables it does no harm.
  op.drop_table("document_chunks");
  op.drop_table("documents");
}

SUPPORT_MIGRATION;

}  // namespace
}  // namespace support::alembic
