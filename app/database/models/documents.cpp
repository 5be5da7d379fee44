#include "app/database/models/tables.hpp"

namespace support::database::models {

using namespace schema;

schema::Table documents() {
  return Table(
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
       PrimaryKeyConstraint({"id"}), Index("ix_documents_source", {"source"}, {.unique = true})},
      {.comment = "Texts that answers may be drawn from"});
}

schema::Table document_chunks() {
  return Table(
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
       CheckConstraint("chunk_index >= 0", {.name = "ck_document_chunks_chunk_index"}), PrimaryKeyConstraint({"id"}),
       Index("idx_document_chunk_search", {text("to_tsvector('english', content)")}, {.using_ = "gin"})},
      {.comment = "Documents in pieces short enough to be searched and quoted"});
}

}  // namespace support::database::models
