#include "app/metrics/exposition.hpp"

#include <gmock/gmock.h>

namespace support::metrics {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(HistogramTest, BoundsAreInclusiveAndTheRestHasABucketOfItsOwn) {
  Histogram histogram;
  histogram.observe(0ns);
  histogram.observe(100us);
  histogram.observe(100'001ns);
  histogram.observe(10s);
  histogram.observe(1min);
  const auto now = histogram.snapshot();
  EXPECT_EQ(now.counts.front(), 2U);
  EXPECT_EQ(now.counts[1], 1U);
  EXPECT_EQ(now.counts[bucket_bounds.size() - 1], 1U);
  EXPECT_EQ(now.counts.back(), 1U);
  EXPECT_EQ(now.count(), 5U);
  EXPECT_NEAR(now.sum_seconds, 70.0002, 0.0001);
}

TEST(HistogramTest, SnapshotsAddUp) {
  Histogram a;
  Histogram b;
  a.observe(1ms);
  b.observe(1ms);
  b.observe(2s);
  auto both = a.snapshot();
  both += b.snapshot();
  EXPECT_EQ(both.count(), 3U);
  EXPECT_NEAR(both.sum_seconds, 2.002, 1e-9);
}

TEST(ExpositionTest, FamiliesAreWrittenOnceInPrometheusFormat) {
  Exposition page;
  page.counter("requests_total", "Requests.", {{"route", "/a"}}, 3);
  page.gauge("open", "Open now.", {}, 2);
  page.counter("requests_total", "Requests.", {{"route", "a \"quoted\\\n\" one"}}, 1);
  EXPECT_EQ(page.text(),
            "# HELP requests_total Requests.\n"
            "# TYPE requests_total counter\n"
            "requests_total{route=\"/a\"} 3\n"
            "requests_total{route=\"a \\\"quoted\\\\\\n\\\" one\"} 1\n"
            "# HELP open Open now.\n"
            "# TYPE open gauge\n"
            "open 2\n");
}

TEST(ExpositionTest, BucketsOfAHistogramAreCumulative) {
  Histogram histogram;
  histogram.observe(50us);
  histogram.observe(200us);
  histogram.observe(1min);
  Exposition page;
  page.histogram("took_seconds", "How long.", {}, histogram.snapshot());
  const std::string text = page.text();
  EXPECT_THAT(text, HasSubstr("# TYPE took_seconds histogram\n"));
  EXPECT_THAT(text, HasSubstr("took_seconds_count 3\n"));
  EXPECT_THAT(text, HasSubstr("took_seconds_bucket{le=\"0.0001\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("took_seconds_bucket{le=\"0.00025\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("took_seconds_bucket{le=\"10\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("took_seconds_bucket{le=\"+Inf\"} 3\n"));
}

}  // namespace
}  // namespace support::metrics
