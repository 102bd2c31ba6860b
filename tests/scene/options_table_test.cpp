#include "scene/options_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scene/error.h"

namespace tessera::scene {
namespace {
using testing::HasSubstr;

struct Options {
  int steps = 30'000;
  double rate = 1.6e-4;
  bool exposure = true;
  std::string strategy = "mcmc";
  std::string eval = "end";
};

OptionsTable<Options> table() {
  OptionsTable<Options> t;
  t.integer("steps", &Options::steps, 1, 1'000'000, "steps", "how long to train")
      .real("lr.position", &Options::rate, 0, 1, "scene units", "learning rate of positions")
      .flag("exposure", &Options::exposure, "compensate exposure")
      .choice("strategy", &Options::strategy, {"adc", "mcmc"}, "how splats are added")
      .choice_or_integer("eval", &Options::eval, {"off", "end"}, 1, 5000, "steps", "when to score");
  return t;
}

std::string error_of(std::string_view name, std::string_view value) {
  Options options;
  try {
    table().set(options, name, value);
  } catch (const Error& e) {
    return e.what();
  }
  return {};
}

TEST(OptionsTable, SaysWhatEachOptionIs) {
  const auto t = table();
  ASSERT_EQ(t.rows().size(), 5u);
  const OptionSpec& steps = t.rows()[0].spec;
  EXPECT_EQ(steps.name, "steps");
  EXPECT_EQ(steps.type, "int");
  EXPECT_EQ(steps.default_value, "30000");
  EXPECT_EQ(steps.range, "1..1000000");
  EXPECT_EQ(steps.unit, "steps");
  EXPECT_EQ(steps.help, "how long to train");
  EXPECT_EQ(t.find("lr.position")->spec.default_value, "0.00016");
  EXPECT_EQ(t.find("lr.position")->spec.type, "float");
  EXPECT_EQ(t.find("lr.position")->spec.range, "0..1");
  EXPECT_EQ(t.find("exposure")->spec.default_value, "on");
  EXPECT_EQ(t.find("exposure")->spec.range, "on|off");
  EXPECT_EQ(t.find("strategy")->spec.range, "adc|mcmc");
  EXPECT_EQ(t.find("strategy")->spec.default_value, "mcmc");
  EXPECT_EQ(t.find("eval")->spec.range, "off|end|1..5000");
  EXPECT_EQ(t.find("nonsense"), nullptr);
}

TEST(OptionsTable, SaysWhatMayChangeOnceAJobHasBegun) {
  OptionsTable<Options> t;
  t.integer("steps", &Options::steps, 1, 10, "steps", "how long to train");
  t.flag("exposure", &Options::exposure, "compensate exposure").fixed("it has begun");
  t.choice("eval", &Options::eval, {"off", "end"}, "when to score").harmless();
  EXPECT_EQ(t.find("steps")->spec.fixed, "");
  EXPECT_FALSE(t.find("steps")->spec.harmless);
  EXPECT_EQ(t.find("exposure")->spec.fixed, "it has begun");
  EXPECT_FALSE(t.find("exposure")->spec.harmless);
  EXPECT_EQ(t.find("eval")->spec.fixed, "");
  EXPECT_TRUE(t.find("eval")->spec.harmless);
}

TEST(OptionsTable, SetsAndGivesBackEveryKind) {
  Options options;
  const auto t = table();
  const auto round_trip = [&](std::string_view name, std::string_view value) {
    t.set(options, name, value);
    return t.find(name)->get(options);
  };
  EXPECT_EQ(round_trip("steps", "1"), "1");
  EXPECT_EQ(options.steps, 1);
  EXPECT_EQ(round_trip("steps", "1000000"), "1000000");
  EXPECT_EQ(round_trip("lr.position", "0.125"), "0.125");
  EXPECT_EQ(options.rate, 0.125);
  EXPECT_EQ(round_trip("lr.position", "1e-3"), "0.001");
  for (const char* off : {"off", "false", "0"}) {
    options.exposure = true;
    EXPECT_EQ(round_trip("exposure", off), "off");
    EXPECT_FALSE(options.exposure);
  }
  for (const char* on : {"on", "true", "1"}) {
    options.exposure = false;
    EXPECT_EQ(round_trip("exposure", on), "on");
    EXPECT_TRUE(options.exposure);
  }
  EXPECT_EQ(round_trip("strategy", "adc"), "adc");
  EXPECT_EQ(options.strategy, "adc");
  EXPECT_EQ(round_trip("eval", "off"), "off");
  EXPECT_EQ(round_trip("eval", "5000"), "5000");
  EXPECT_EQ(options.eval, "5000");
}

TEST(OptionsTable, RefusesWithNameRangeAndValue) {
  EXPECT_EQ(error_of("steps", "0"), "option 'steps': '0' is not allowed; it takes int 1..1000000");
  for (const char* bad : {"1000001", "99999999999999999999", "7.5", "", "7 ", "ten", "+5"})
    EXPECT_THAT(error_of("steps", bad), HasSubstr("1..1000000")) << bad;
  for (const char* bad : {"-0.1", "1.5", "nan", "inf", "0.1x", ""})
    EXPECT_THAT(error_of("lr.position", bad), HasSubstr("0..1")) << bad;
  for (const char* bad : {"yes", "", "2"}) EXPECT_THAT(error_of("exposure", bad), HasSubstr("on|off")) << bad;
  for (const char* bad : {"ADC", "", "adc "}) EXPECT_THAT(error_of("strategy", bad), HasSubstr("adc|mcmc")) << bad;
  for (const char* bad : {"0", "5001", "never", "-1"})
    EXPECT_THAT(error_of("eval", bad), HasSubstr("off|end|1..5000")) << bad;
}

TEST(OptionsTable, ARefusedValueChangesNothing) {
  Options options;
  EXPECT_THROW(table().set(options, "steps", "0"), Error);
  EXPECT_THROW(table().set(options, "eval", "never"), Error);
  EXPECT_EQ(options.steps, 30'000);
  EXPECT_EQ(options.eval, "end");
}

TEST(OptionsTable, NamesTheNearestOption) {
  EXPECT_EQ(error_of("step", "5"), "option 'step': there is no such option; did you mean 'steps'?");
  EXPECT_THAT(error_of("lr.postion", "5"), HasSubstr("'lr.position'"));
  EXPECT_THAT(error_of("stratgey", "5"), HasSubstr("'strategy'"));
  EXPECT_THAT(error_of("evla", "5"), HasSubstr("'eval'"));
}

TEST(NearestName, CountsEdits) {
  EXPECT_EQ(detail::nearest_name("abc", {"abd", "xyz"}), "abd");
  EXPECT_EQ(detail::nearest_name("kitten", {"mitten2", "sitting", "kit"}), "mitten2");  // 2, 3 and 3 edits
  EXPECT_EQ(detail::nearest_name("b", {"abcd", "b"}), "b");
  EXPECT_EQ(detail::nearest_name("x", {}), "");
}

TEST(RealText, IsTheShortestThatReadsBack) {
  for (const double value : {0.1, 1.0 / 3, 1e-15, 123456.0, 5e300}) {
    double back = 0;
    ASSERT_TRUE(detail::parse_real(detail::real_text(value), back));
    EXPECT_EQ(back, value);
  }
  EXPECT_EQ(detail::real_text(0.1), "0.1");
}

TEST(Join, PutsTheSeparatorBetween) {
  EXPECT_EQ(detail::join({"a", "b", "c"}, "|"), "a|b|c");
  EXPECT_EQ(detail::join({"a"}, "|"), "a");
  EXPECT_EQ(detail::join({}, "|"), "");
}

}  // namespace
}  // namespace tessera::scene
