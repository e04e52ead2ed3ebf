// Real roots against products of known factors, formed in long double.
#include "methods/one_dimensional/polynomial.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "check.hpp"
#include "core/random.hpp"

using namespace nonconvex;

namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

struct Known {
  std::vector<double> roots;  // real ones
  double c[mostDegree + 1];
  int degree = 0;
};

class Draw {
 public:
  explicit Draw(std::uint32_t stream) : random_(7, stream) {}
  double uniform() { return random_.uniform(next_++); }
  double normal() { return random_.normal(2 * next_++); }
  double decades(double lo, double hi) { return std::pow(10, lo + (hi - lo) * uniform()); }
  int below(int n) { return static_cast<int>(random_.below(next_++, static_cast<std::uint32_t>(n))); }

 private:
  Random random_;
  std::uint64_t next_ = 0;
};

/// Real roots and pairs of complex ones, at a scale; `spread` decades between them.
Known product(Draw& draw, int degree, double scale, double leading, double spread) {
  Known known;
  known.degree = degree;
  std::vector<long double> c = {leading};
  int left = degree;
  while (left > 0) {
    if (left >= 2 && draw.below(3) == 0) {
      const double re = scale * draw.normal();
      const double im = scale * (0.1 + std::abs(draw.normal()));
      std::vector<long double> next(c.size() + 2, 0);
      for (std::size_t k = 0; k < c.size(); ++k) {
        next[k + 2] += c[k];
        next[k + 1] -= 2.0L * re * c[k];
        next[k] += (static_cast<long double>(re) * re + static_cast<long double>(im) * im) * c[k];
      }
      c = next;
      left -= 2;
    } else {
      const double r = draw.below(20) == 0 ? 0 : scale * draw.normal() * draw.decades(-spread, 0);
      std::vector<long double> next(c.size() + 1, 0);
      for (std::size_t k = 0; k < c.size(); ++k) {
        next[k + 1] += c[k];
        next[k] -= r * c[k];
      }
      c = next;
      known.roots.push_back(r);
      --left;
    }
  }
  for (int k = 0; k <= degree; ++k) known.c[k] = static_cast<double>(c[static_cast<std::size_t>(k)]);
  std::sort(known.roots.begin(), known.roots.end());
  return known;
}

int solve(int degree, const double* c, double* roots, bool general) {
  if (general) return realRoots(degree, c, roots);
  if (degree == 2) return quadraticRoots(c[2], c[1], c[0], roots);
  return degree == 3 ? cubicRoots(c, roots) : quarticRoots(c, roots);
}

/// p(t) in long double, and the rounding of the coefficients seen at t.
std::pair<long double, long double> evaluate(int degree, const double* c, double t) {
  long double p = 0;
  long double terms = 0;
  for (int k = degree; k >= 0; --k) {
    p = p * t + c[k];
    terms = terms * std::abs(static_cast<long double>(t)) + std::abs(static_cast<long double>(c[k]));
  }
  return {p, epsilon * terms};
}

std::string text(const Known& known, const double* roots, int count) {
  std::string out = " known";
  for (const double r : known.roots) out += " " + check::text(r);
  out += " found";
  for (int i = 0; i < count; ++i) out += " " + check::text(roots[i]);
  out += " coefficients";
  for (int k = 0; k <= known.degree; ++k) out += " " + check::text(known.c[k]);
  return out;
}

void note(bool good, const char* what, const Known& known, const double* roots, int count) {
  check::note(good, __FILE__, __LINE__, good ? std::string() : what + text(known, roots, count));
}

/// Every root found is one to rounding, and near every known root there is one: as near as the rounding of the
/// coefficients allows, with the derivative or, for roots that touch, the curvature.
void examine(const Known& known, bool general) {
  double roots[mostDegree];
  const int count = solve(known.degree, known.c, roots, general);
  note(count >= 0 && count <= known.degree, "count", known, roots, count);
  for (int i = 0; i < count; ++i) {
    const auto [p, rounding] = evaluate(known.degree, known.c, roots[i]);
    note(std::abs(p) <= 64 * rounding, "not a root", known, roots, count);
  }
  for (const double r : known.roots) {
    double distance = std::numeric_limits<double>::infinity();
    for (int i = 0; i < count; ++i) distance = std::min(distance, std::abs(roots[i] - r));
    const long double rounding = evaluate(known.degree, known.c, r).second;
    // How far p stays below the rounding around r.
    double allowed = 64 * epsilon * std::abs(r);
    for (const double side : {-1.0, 1.0}) {
      double away = std::abs(r) * epsilon + std::numeric_limits<double>::min();
      for (; away < 1e300; away *= 2) {
        if (std::abs(evaluate(known.degree, known.c, r + side * away).first) > 64 * rounding) break;
      }
      allowed = std::max(allowed, 2 * away);
    }
    note(distance <= allowed, "a root is missing", known, roots, count);
  }
}

void many(std::uint32_t stream, int degree, bool general, int count) {
  Draw draw(stream);
  for (int i = 0; i < count; ++i) {
    const bool wild = draw.below(4) == 0;
    const double range = wild ? 120.0 / degree : 1;
    examine(product(draw, degree, draw.decades(-range, range), draw.decades(-4, 4) * (draw.below(2) ? 1 : -1),
                    draw.below(3) == 0 ? 6 : 0),
            general);
  }
}

}  // namespace

TEST(quadratic) { many(1, 2, false, check::repetitions(20000)); }
TEST(cubic) { many(2, 3, false, check::repetitions(20000)); }
TEST(quartic) { many(3, 4, false, check::repetitions(20000)); }
TEST(general) {
  for (int degree = 1; degree <= mostDegree; ++degree) {
    many(static_cast<std::uint32_t>(10 + degree), degree, true, 5000);
  }
}

TEST(withoutCancellation) {
  double roots[2];
  CHECK_EQ(quadraticRoots(1, -1e9, 1, roots), 2);
  CHECK_NEAR(std::min(roots[0], roots[1]), 1e-9, 1e-24);
  CHECK_EQ(quadraticRoots(1e-200, 1, 1e-200, roots), 2);
  CHECK_NEAR(std::max(roots[0], roots[1]) / -1e-200, 1, 1e-15);
  CHECK_EQ(quadraticRoots(1e200, 3e200, 2e200, roots), 2);
  CHECK_NEAR(roots[0] + roots[1], -3, 1e-15);
}

TEST(nearDouble) {
  Draw draw(20);
  for (int i = 0; i < check::repetitions(20000); ++i) {
    // (t - r)(t - r - gap)(t^2 + p t + q), and cubics
    const double r = draw.normal();
    const double gap = i % 10 == 0 ? 0 : draw.decades(-12, -1);
    const double p = draw.normal();
    const double q = p * p / 4 + draw.decades(-3, 1);
    const double s = r + gap;
    Known known;
    known.degree = 4;
    known.roots = {r, s};
    const long double square[3] = {static_cast<long double>(r) * s, -(static_cast<long double>(r) + s), 1};
    const long double rest[3] = {q, p, 1};
    long double c[5] = {0, 0, 0, 0, 0};
    for (int k = 0; k < 3; ++k) {
      for (int j = 0; j < 3; ++j) c[k + j] += square[k] * rest[j];
    }
    for (int k = 0; k <= 4; ++k) known.c[k] = static_cast<double>(c[k]);
    // Where rounding of the coefficients makes the two roots complex there may be none; else both are asked for.
    double roots[mostDegree];
    for (const bool general : {false, true}) {
      const int count = solve(4, known.c, roots, general);
      for (int k = 0; k < count; ++k) {
        const auto [value, rounding] = evaluate(4, known.c, roots[k]);
        note(std::abs(value) <= 64 * rounding, "not a root", known, roots, count);
      }
      if (gap > 1e-5) examine(known, general);
    }
  }
}

TEST(leadingNearZero) {
  Draw draw(30);
  for (int i = 0; i < check::repetitions(20000); ++i) {
    Known known = product(draw, 2 + draw.below(3), 1, 1, 0);
    // Powers above with coefficients that do not move the known roots.
    const int degree = known.degree < 4 ? known.degree + 1 : known.degree;
    for (int k = known.degree + 1; k <= degree; ++k)
      known.c[k] = draw.below(2) ? 0 : draw.normal() * draw.decades(-300, -18);
    known.degree = degree;
    double roots[mostDegree];
    const int count = solve(degree, known.c, roots, i % 2 == 0);
    for (const double r : known.roots) {
      bool found = false;
      for (int k = 0; k < count; ++k) {
        const auto [value, rounding] = evaluate(degree, known.c, roots[k]);
        found = found || (std::abs(roots[k] - r) < 1e-4 && std::abs(value) <= 64 * rounding);
      }
      note(found, "a root is missing", known, roots, count);
    }
  }
}

TEST(degenerate) {
  double roots[mostDegree];
  const double zero[9] = {0, 0, 0, 0, 0, 0, 0, 0, 0};
  CHECK_EQ(quarticRoots(zero, roots), 0);
  CHECK_EQ(realRoots(8, zero, roots), 0);
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    for (int k = 0; k <= 4; ++k) {
      double c[5] = {1, -3, 1, 2, -1};
      c[k] = bad;
      CHECK_EQ(realRoots(4, c, roots), 0);
      CHECK(quarticRoots(c, roots) <= 4);
    }
  }
  const double constant[9] = {1, 0, 0, 0, 0, 0, 0, 0, 0};
  CHECK_EQ(cubicRoots(constant, roots), 0);
  CHECK_EQ(realRoots(6, constant, roots), 0);
  const double power[9] = {0, 0, 0, 0, 0, 0, 0, 0, 1};
  const int count = realRoots(8, power, roots);
  CHECK(count > 0);
  for (int k = 0; k < count; ++k) CHECK_EQ(roots[k], 0);
  const double fifth[6] = {-1e-50, 0, 0, 0, 0, 1};  // a root far below the bound's order of magnitude
  CHECK_EQ(realRoots(5, fifth, roots), 1);
  CHECK_NEAR(roots[0] / 1e-10, 1, 1e-14);
  // Roots 1e-150, 1e-50, 1e50, 1e150: (t^2 - 1e50 (1 + tiny) t + ...) by decades apart.
  const double apart[5] = {1, -1e150, 1e200, -1e150, 1};
  const int four = realRoots(4, apart, roots);
  CHECK_EQ(four, 4);
  for (int k = 0; k < four; ++k) {
    const auto [value, rounding] = evaluate(4, apart, roots[k]);
    CHECK(std::abs(value) <= 64 * rounding);
  }
}
