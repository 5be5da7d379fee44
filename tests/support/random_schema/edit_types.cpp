// Types, routines and views.
#include <algorithm>

#include <fmt/format.h>

#include "tests/support/random_schema/edit.hpp"

namespace support::tests::random_schema {

void Editor::change_enum() {
  auto* type = any(model_.enums);
  if (type == nullptr) return;
  auto& labels = type->labels;
  switch (dice_.below(4)) {
    case 0:
    case 1: {
      const auto label = builder_.label();
      if (std::ranges::count(labels, label) == 0) {
        labels.insert(labels.begin() + dice_.below(static_cast<int>(labels.size()) + 1), label);
      }
      return;
    }
    case 2:
      if (labels.size() > 1) labels.erase(labels.begin() + dice_.below(static_cast<int>(labels.size())));
      return;
    default:
      std::swap(labels.front(), labels.back());
  }
}

void Editor::change_domain() {
  auto* domain = any(model_.domains);
  if (domain == nullptr) return;
  switch (dice_.below(5)) {
    case 0:
      domain->not_null = !domain->not_null;
      return;
    case 1:
      domain->constant = domain->constant ? std::nullopt : std::optional(dice_.below(20));
      return;
    case 2:
      domain->base = builder_.any_type();
      return;
    case 3:
      domain->checks.push_back({builder_.fresh_name(), dice_.below(20), dice_.chance(20)});
      return;
    default:
      if (!domain->checks.empty()) {
        dice_.pick(domain->checks).variant = dice_.below(20);
        if (dice_.chance(40)) domain->checks.pop_back();
      }
  }
}

void Editor::change_composite() {
  auto* type = any(model_.composites);
  if (type == nullptr) return;
  auto& attributes = type->attributes;
  switch (dice_.below(3)) {
    case 0:
      attributes.push_back({fmt::format("extra_{}", model_.next_id()), builder_.any_type(), builder_.comment()});
      return;
    case 1:
      if (attributes.size() > 1) attributes.erase(attributes.begin());
      return;
    default:
      if (!attributes.empty()) dice_.pick(attributes).type = builder_.any_type();
  }
}

void Editor::change_routine() {
  auto* routine = any(model_.routines);
  if (routine == nullptr) return;
  const bool is_free = routine->shape == Shape::plain || routine->shape == Shape::procedure;
  switch (dice_.below(7)) {
    case 0:
    case 1:
      routine->variant = dice_.below(9);
      return;
    case 2:
      routine->attributes = builder_.attributes();
      return;
    case 3:
      if (!routine->parameters.empty() && routine->shape != Shape::aggregate) {
        routine->parameters.front().name += "_now";
      }
      return;
    case 4:
      if (is_free) routine->returns = builder_.any_type();
      if (routine->shape == Shape::integer) {
        routine->returns = {routine->returns.sql == "bigint" ? "integer" : "bigint", Family::integer};
      }
      return;
    case 5:
      if (is_free || routine->shape == Shape::integer) {
        routine->parameters.push_back({fmt::format("q{}", model_.next_id()), {"integer", Family::integer}, 1});
      }
      return;
    default:
      if (is_free) routine->shape = routine->shape == Shape::plain ? Shape::procedure : Shape::plain;
  }
}

void Editor::change_view() {
  auto* view = any(model_.views);
  if (view == nullptr) return;
  const auto sources = model_.columns_of(view->from);
  switch (dice_.below(8)) {
    case 0:
      view->variant = dice_.below(20);
      if (!sources.empty()) view->where = dice_.pick(sources);
      return;
    case 1:
      view->materialized = !view->materialized;
      return;
    case 2:
      if (view->columns.size() > 1) view->columns.erase(view->columns.begin());
      return;
    case 3:
    case 4:
      if (!sources.empty()) {
        const ViewColumn column{
            .id = model_.next_id(), .name = fmt::format("w{}", model_.last_id), .source = dice_.pick(sources)};
        view->columns.insert(dice_.chance(50) ? view->columns.begin() : view->columns.end(), column);
      }
      return;
    case 5:
      view->query = dice_.chance(50) ? Query::plain : Query::grouped;
      return;
    case 6:
      view->options = view->options.empty() ? "security_barrier = true" : "";
      return;
    default:
      if (view->materialized) {
        builder_.add_index(view->indexes, model_.columns_of(view->id));
      } else {
        dice_.pick(view->columns).wrap = Wrap::text;
      }
  }
}

}  // namespace support::tests::random_schema
