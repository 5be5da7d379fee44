#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "app/metrics/histogram.hpp"

namespace support::metrics {

struct Label {
  std::string_view name;
  std::string_view value;
};
using Labels = std::initializer_list<Label>;

inline constexpr std::string_view exposition_media_type = "text/plain; version=0.0.4; charset=utf-8";

// A page of metrics in Prometheus' text format (prometheus.io/docs/instrumenting/exposition_formats). Values with the
// same name belong to one family, whose help text is that of the first, and differ in their labels. Values are at least
// 0.
class Exposition {
 public:
  Exposition();
  ~Exposition();
  Exposition(const Exposition&) = delete;
  Exposition& operator=(const Exposition&) = delete;

  void counter(std::string_view name, std::string_view help, Labels labels, double value);
  void gauge(std::string_view name, std::string_view help, Labels labels, double value);
  void histogram(std::string_view name, std::string_view help, Labels labels, const HistogramSnapshot& value);

  std::string text() const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace support::metrics
