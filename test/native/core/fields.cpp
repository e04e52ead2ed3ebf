// Settings declared once: bounds, their wording, and the numbers in messages.
#include "core/fields.hpp"

#include "check.hpp"
#include "core/limits.hpp"
#include "solvers/relu/problem.hpp"

using namespace nonconvex;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Complete {
  int count = 3;
  double weight = 0.5;
  bool flag = false;
  static constexpr auto fields() {
    using Self = Complete;
    return FieldTuple{FIELD(count, between(1, 10), "Count.", "others count."),
                      FIELD(weight, positive(), "Weight.", "others weigh."),
                      FIELD(flag, anyValue(), "Flag.", "others flag.")};
  }
};

struct Forgetful {
  int count = 3;
  double weight = 0.5;
  double forgotten = 1;
  static constexpr auto fields() {
    using Self = Forgetful;
    return FieldTuple{FIELD(count, between(1, 10), "Count.", "others count."),
                      FIELD(weight, positive(), "Weight.", "others weigh.")};
  }
};

template <class Settings>
void checkDefaults() {
  const Settings settings;
  forEachField<Settings>([&](const auto& field) {
    using Value = typename std::remove_cvref_t<decltype(field)>::Value;
    CHECK(!field.doc.empty() && field.doc.back() == '.');
    if constexpr (std::is_arithmetic_v<Value> && !std::is_same_v<Value, bool>) {
      const double value = static_cast<double>(settings.*field.member);
      if (std::isnan(value)) {
        CHECK(!field.bounds.defaultText.empty());  // chosen by the solver: the docs say how
      } else {
        CHECK(field.bounds.contains(value));
      }
    }
  });
}

}  // namespace

enum class Colour { red, green };
constexpr auto names(Colour) { return std::array{"red"sv, "green"sv}; }
static_assert(nameOf(Colour::green) == "green");

struct Count {
  int value = -1;
  constexpr bool known() const { return value >= 0; }
};
static_assert(isKnown(0.0) && !isKnown(solverChooses) && isKnown(3) && isKnown(Count{0}) && !isKnown(Count{}));

static_assert(sizeFromFields<Complete>() == sizeof(Complete));
static_assert(sizeFromFields<Forgetful>() != sizeof(Forgetful));

TEST(boundsContainTheirEndsUnlessOpen) {
  const double least = std::numeric_limits<double>::denorm_min();
  const struct {
    Bounds bounds;
    std::vector<double> in, out;
  } cases[] = {
      {anyValue(), {-infinity, -1, 0, 1e300, infinity}, {}},
      {atLeast(2), {2, 3, infinity}, {std::nextafter(2, 0), -infinity}},
      {between(0, 1), {0, 0.5, 1}, {-least, std::nextafter(1, 2), infinity, -infinity}},
      {inside(0, 2), {least, std::nextafter(2, 0)}, {0, 2, -1, infinity}},
      {positive(), {least, 1e300, std::numeric_limits<double>::max()}, {0, -least, infinity}},
      {positiveOr("adaptive"), {least, 1}, {0, infinity}},
  };
  for (const auto& each : cases) {
    for (const double value : each.in) CHECK(each.bounds.contains(value));
    for (const double value : each.out) CHECK(!each.bounds.contains(value));
    CHECK(!each.bounds.contains(solverChooses));
  }
}

TEST(boundsInWords) {
  CHECK_EQ(anyValue().text(), "a number");
  CHECK_EQ(atLeast(0).text(), "a number >= 0");
  CHECK_EQ(atLeast(-1.5).text(), "a number >= -1.5");
  CHECK_EQ(between(0, 1).text(), "a number in [0, 1]");
  CHECK_EQ(inside(0, 2).text(), "a number in (0, 2)");
  CHECK_EQ(positive().text(), "a finite number > 0");
  CHECK_EQ((Bounds{.upper = 3}).text(), "a number <= 3");
  CHECK_EQ((Bounds{.upper = 3, .openUpper = true}).text(), "a number < 3");
  CHECK_EQ((Bounds{.openUpper = true}).text(), "a finite number");
  CHECK_EQ((Bounds{.lower = 1, .openLower = true}).text(), "a number > 1");
}

TEST(aValueOutOfBoundsIsNamed) {
  const auto message = [](double value) {
    return check::messageOf([&] { checkBounds("count", between(1, 10), "integer", value); });
  };
  CHECK_EQ(message(0), "count = 0: expected an integer in [1, 10]");
  CHECK_EQ(message(10.5), "count = 10.5: expected an integer in [1, 10]");
  CHECK_EQ(message(solverChooses), "count = NaN: expected an integer in [1, 10]");
  CHECK_EQ(message(5), "");
  try {
    require(false, "rows", 3, "must be even");
    CHECK(false);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::range);
    CHECK_EQ(std::string(error.what()), "rows = 3: must be even");
  }
}

TEST(fieldsComeInOrder) {
  std::string names;
  forEachField<Complete>([&](const auto& field) { names += std::string(field.name) + " "; });
  CHECK_EQ(names, "count weight flag ");
}

TEST(defaultsLieWithinTheirBounds) {
  checkDefaults<Limits>();
  checkDefaults<ReluSettings>();
  checkDefaults<Complete>();
}

TEST(numbersInMessages) {
  CHECK_EQ(show(0.0), "0");
  CHECK_EQ(show(-0.0), "0");
  CHECK_EQ(show(42.0), "42");
  CHECK_EQ(show(-3.0), "-3");
  CHECK_EQ(show(0.1), "0.1");
  CHECK_EQ(show(-2.5), "-2.5");
  CHECK_EQ(show(999999999999999.0), "999999999999999");
  CHECK_EQ(show(1e15), "1e+15");
  CHECK_EQ(show(1e-200), "1e-200");
  CHECK_EQ(show(1.23456789e300), "1.23457e+300");
  CHECK_EQ(show(infinity), "Infinity");
  CHECK_EQ(show(-infinity), "-Infinity");
  CHECK_EQ(show(solverChooses), "NaN");
  CHECK_EQ(show(std::numeric_limits<double>::denorm_min()), "4.94066e-324");
  CHECK_EQ(show(std::uint64_t{18446744073709551615U}), "18446744073709551615");
  CHECK_EQ(show(-7), "-7");
  CHECK_EQ(show(true), "true");
  CHECK_EQ(show(std::string_view("squared")), "'squared'");
}
