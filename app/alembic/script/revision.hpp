#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace support::alembic {

using RevisionIds = std::vector<std::string>;

// A node of the revision graph as its script declares it. The words are Alembic's.
struct Revision {
  std::string revision;
  RevisionIds down_revisions;              // none: a base; several: a merge
  std::vector<std::string> branch_labels;  // names of the branch that starts here
  RevisionIds depends_on;                  // ids or branch labels that must be applied first, on other branches
};

// What a command names: one identifier in the grammar of docs/migrations.md ("head", "ae10", "lib@+2"), or a list of
// identifiers, such as the rows of the version table. An empty list means "base".
using Target = std::variant<std::string, RevisionIds>;

// The graph can't be built, or a question to it has no answer.
class RevisionError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class RangeNotAncestorError : public RevisionError {
 public:
  RangeNotAncestorError(std::string lower, std::string upper);
  const std::string& lower() const { return lower_; }
  const std::string& upper() const { return upper_; }

 private:
  std::string lower_;
  std::string upper_;
};

class MultipleHeads : public RevisionError {
 public:
  MultipleHeads(const RevisionIds& heads, std::string argument);
  // What was asked for, e.g. "head" or "lib@head".
  const std::string& argument() const { return argument_; }

 private:
  std::string argument_;
};

class ResolutionError : public RevisionError {
 public:
  ResolutionError(const std::string& message, std::string argument);
  // The part of the identifier that means nothing.
  const std::string& argument() const { return argument_; }

 private:
  std::string argument_;
};

// A revision refers to one that is not there.
class MissingRevision : public RevisionError {
 public:
  MissingRevision(std::string missing, std::string referenced_from);
  const std::string& missing() const { return missing_; }
  const std::string& referenced_from() const { return referenced_from_; }

 private:
  std::string missing_;
  std::string referenced_from_;
};

// The revisions lead back to themselves, by down_revision alone or together with depends_on.
class CycleDetected : public RevisionError {
 public:
  explicit CycleDetected(const RevisionIds& revisions, std::string_view kind = "Cycle");
};

class DependencyCycleDetected : public CycleDetected {
 public:
  explicit DependencyCycleDetected(const RevisionIds& revisions, std::string_view kind = "Dependency cycle");
};

// "a, b, c"
std::string comma_separated(const std::vector<std::string>& parts);

}  // namespace support::alembic
