#include "app/metrics/exposition.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>
#include <utility>
#include <vector>

namespace support::metrics {

struct Exposition::Families {
  std::vector<prometheus::MetricFamily> list;  // in the order of their first values

  prometheus::ClientMetric& add(std::string_view name, std::string_view help, prometheus::MetricType type,
                                Labels labels) {
    prometheus::ClientMetric metric;
    for (const auto& [label, value] : labels) metric.label.push_back({std::string(label), std::string(value)});
    return family(name, help, type).metric.emplace_back(std::move(metric));
  }

 private:
  prometheus::MetricFamily& family(std::string_view name, std::string_view help, prometheus::MetricType type) {
    for (auto& known : list) {
      if (known.name == name) return known;
    }
    return list.emplace_back(prometheus::MetricFamily{std::string(name), std::string(help), type, {}});
  }
};

Exposition::Exposition() : families_(std::make_unique<Families>()) {}
Exposition::~Exposition() = default;

void Exposition::counter(std::string_view name, std::string_view help, Labels labels, double value) {
  families_->add(name, help, prometheus::MetricType::Counter, labels).counter.value = value;
}

void Exposition::gauge(std::string_view name, std::string_view help, Labels labels, double value) {
  families_->add(name, help, prometheus::MetricType::Gauge, labels).gauge.value = value;
}

void Exposition::histogram(std::string_view name, std::string_view help, Labels labels,
                           const HistogramSnapshot& value) {
  auto& histogram = families_->add(name, help, prometheus::MetricType::Histogram, labels).histogram;
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < value.counts.size(); ++i) {
    so_far += value.counts[i];
    const double bound = i < bucket_bounds.size() ? std::chrono::duration<double>(bucket_bounds[i]).count()
                                                  : std::numeric_limits<double>::infinity();
    histogram.bucket.push_back({so_far, bound});
  }
  histogram.sample_count = so_far;
  histogram.sample_sum = value.sum_seconds;
}

std::string Exposition::text() const {
  return prometheus::TextSerializer().Serialize(families_->list);
}

}  // namespace support::metrics
