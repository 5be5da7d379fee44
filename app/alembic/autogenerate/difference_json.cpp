#include "app/alembic/autogenerate/difference_json.hpp"

#include <functional>

#include "app/alembic/autogenerate/field_text.hpp"
#include "app/alembic/autogenerate/fields.hpp"

namespace support::alembic::autogenerate {
namespace {

namespace json = boost::json;

json::value value_of(bool value) {
  return value;
}
json::value value_of(const std::string& value) {
  return value.empty() ? json::value(nullptr) : json::value(value);
}
json::value value_of(const std::optional<std::string>& value) {
  return value ? json::value(*value) : json::value(nullptr);
}
json::value value_of(const std::optional<int>& value) {
  return value ? json::value(*value) : json::value(nullptr);
}
json::value value_of(const Texts& value) {
  return json::array(value.begin(), value.end());
}
template <class T>
json::value value_of(const T& value) {
  return value_of(field_text(value));
}

template <class T>
json::object object_of(const T& object) {
  json::object result{{"name", object.name}};
  if constexpr (std::is_same_v<T, Constraint>) result["kind"] = to_string(object.kind);
  each_field(std::type_identity<T>{}, [&](const char* name, auto member, Aspect aspect) {
    if (aspect != Aspect::access) result[name] = value_of(std::invoke(member, object));
  });
  return result;
}

template <class T>
json::array array_of(const std::vector<T>& objects) {
  json::array result;
  for (const auto& object : objects) result.push_back(object_of(object));
  return result;
}

struct ObjectToJson {
  json::value operator()(std::monostate) const { return nullptr; }
  json::value operator()(const Table& table) const {
    auto result = object_of(table);
    result["columns"] = array_of(table.columns);
    result["constraints"] = array_of(table.constraints);
    result["indexes"] = array_of(table.indexes);
    return result;
  }
  template <class T>
  json::value operator()(const T& object) const {
    return object_of(object);
  }
};

}  // namespace

json::object to_json(const Difference& difference, std::string_view default_schema) {
  json::array attributes;
  for (const auto& change : difference.attributes) {
    attributes.push_back(
        json::object{{"attribute", change.attribute}, {"before", change.before}, {"after", change.after}});
  }
  return {{"change", to_string(difference.change)},
          {"kind", to_string(difference.kind)},
          {"schema", value_of(difference.schema)},
          {"table", value_of(difference.table)},
          {"name", difference.name},
          {"description", description(difference, default_schema)},
          {"attributes", std::move(attributes)},
          {"before", std::visit(ObjectToJson{}, difference.before)},
          {"after", std::visit(ObjectToJson{}, difference.after)}};
}

json::array to_json(const std::vector<Difference>& differences, std::string_view default_schema) {
  json::array result;
  for (const auto& difference : differences) result.push_back(to_json(difference, default_schema));
  return result;
}

}  // namespace support::alembic::autogenerate
