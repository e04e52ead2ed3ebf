// Every penalty of functions/penalties.hpp against its definition: what stands in `Penalties` is tested without a word
// here.
// Compiled with sanitizers itself: what it tests stands in headers.
#include "functions/penalties.hpp"

#include <cmath>
#include <vector>

#include "check.hpp"
#include "core/random.hpp"

using namespace nonconvex;

namespace {

using Vector = std::vector<double>;

/// A penalty of vectors: one of numbers is summed over the entries.
template <class Penalty>
struct OfVectors {
  static constexpr bool ofNumbers = requires(Penalty p) { p.value(0.0); };
  static constexpr bool hasDistance = ofNumbers || requires(Penalty p, const double* u) {
    p.subgradientDistance(1, u, u);
  };

  Penalty penalty;

  double value(const Vector& u) const {
    if constexpr (ofNumbers) return sum(u, [&](double x) { return penalty.value(x); });
    if constexpr (!ofNumbers) return penalty.value(size(u), u.data());
  }
  Vector prox(const Vector& a, double weight) const {
    Vector u(a.size());
    if constexpr (ofNumbers) {
      for (std::size_t i = 0; i < a.size(); ++i) u[i] = penalty.prox(a[i], weight);
    } else {
      penalty.prox(size(a), a.data(), weight, u.data());
    }
    return u;
  }
  double conjugate(const Vector& s) const {
    if constexpr (ofNumbers) return sum(s, [&](double x) { return penalty.conjugate(x); });
    if constexpr (!ofNumbers) return penalty.conjugate(size(s), s.data());
  }
  double subgradientDistance(const Vector& u, const Vector& s) const requires(hasDistance) {
    if constexpr (!ofNumbers) return penalty.subgradientDistance(size(u), u.data(), s.data());
    double square = 0;
    if constexpr (ofNumbers) {
      for (std::size_t i = 0; i < u.size(); ++i) square += std::pow(penalty.subgradientDistance(u[i], s[i]), 2);
    }
    return std::sqrt(square);
  }

 private:
  static int size(const Vector& u) { return static_cast<int>(u.size()); }
  template <class F>
  static double sum(const Vector& u, F&& f) {
    double total = 0;
    for (const double x : u) total += f(x);
    return total;
  }
};

double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

struct Draw {
  Random random;
  std::uint64_t next = 0;
  double normal() { return random.normal(next++); }
  /// Some entries, or all, are 0.
  Vector vector(std::size_t size, double scale = 1) {
    Vector made(size);
    const bool zero = random.uniform(next++) < 0.1;
    for (double& x : made) x = zero || random.uniform(next++) < 0.2 ? 0 : scale * normal();
    return made;
  }
};

/// A penalty with parameters that are drawn.
template <class Penalty>
Penalty drawn(Draw& draw) {
  Penalty penalty;
  const auto positive = [&] { return std::exp(draw.normal()); };
  if constexpr (requires { penalty.l1; }) penalty.l1 = draw.random.uniform(draw.next++) < 0.1 ? 0 : positive();
  if constexpr (requires { penalty.l2; }) penalty.l2 = draw.random.uniform(draw.next++) < 0.1 ? 0 : positive();
  if constexpr (requires { penalty.weight; }) penalty.weight = positive();
  if constexpr (requires { penalty.k; }) penalty.k = 1 + static_cast<int>(4 * draw.random.uniform(draw.next++));
  return penalty;
}

template <class F>
void forEachPenalty(std::uint64_t seed, F&& f) {
  forEachType(Penalties{}, [&]<class Penalty>() {
    Draw draw{Random(seed)};
    const long before = check::failures;
    for (const std::size_t size : {1, 2, 5, 12}) {
      for (int i = 0; i < 200; ++i) f(OfVectors<Penalty>{drawn<Penalty>(draw)}, draw, size);
    }
    if (check::failures != before) std::fprintf(stderr, "  with the penalty %s\n", Penalty::name.data());
  });
}

/// (a - u) / weight
Vector subgradientOf(const Vector& a, const Vector& u, double weight) {
  Vector s(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) s[i] = (a[i] - u[i]) / weight;
  return s;
}

}  // namespace

/// u = prox(a) has (a - u) / weight among its subgradients, and no point near it is better.
TEST(proximalStepsAreOptimal) {
  forEachPenalty(1, [](auto penalty, Draw& draw, std::size_t size) {
    const double weight = std::exp(draw.normal());
    const Vector a = draw.vector(size, 2), u = penalty.prox(a, weight);
    if constexpr (penalty.hasDistance) {
      CHECK(penalty.subgradientDistance(u, subgradientOf(a, u, weight)) <= 1e-12 * (1 + 1 / weight));
    }
    const auto objective = [&](const Vector& at) {
      double sum = weight * penalty.value(at);
      for (std::size_t i = 0; i < size; ++i) sum += (at[i] - a[i]) * (at[i] - a[i]) / 2;
      return sum;
    };
    for (const double step : {1.0, 1e-2, 1e-5}) {
      Vector other = u;
      for (double& x : other) x += step * draw.normal();
      CHECK(objective(other) >= objective(u) * (1 - 1e-14));
    }
  });
}

/// value(u) + conjugate(s) >= s . u, with equality where s is a subgradient at u.
TEST(conjugatesByFenchelAndYoung) {
  forEachPenalty(2, [](auto penalty, Draw& draw, std::size_t size) {
    const double weight = std::exp(draw.normal());
    const Vector a = draw.vector(size, 2), u = penalty.prox(a, weight);
    Vector s = subgradientOf(a, u, weight);
    for (double& x : s) x *= 1 - 1e-14;  // rounding may lead out of the domain
    CHECK_NEAR(penalty.value(u) + penalty.conjugate(s), dot(s, u), 1e-12 * (1 + penalty.value(u)));
    const Vector other = draw.vector(size), slope = draw.vector(size);
    CHECK(penalty.value(other) + penalty.conjugate(slope) >= dot(slope, other) - 1e-14);
  });
}

/// The distance is 0 exactly for subgradients: value(v) >= value(u) + s . (v - u) for all v.
TEST(distancesFromTheSubgradients) {
  forEachPenalty(3, [](auto penalty, Draw& draw, std::size_t size) {
    if constexpr (!penalty.hasDistance) {
      return;
    } else {
      const Vector u = draw.vector(size), s = draw.vector(size);
      const double distance = penalty.subgradientDistance(u, s);
      // u + t (s - nearest subgradient) gains for a small t > 0; prox(u + t s) moves by less than t times the distance.
      const double t = 1e-8;
      Vector moved = u;
      for (std::size_t i = 0; i < size; ++i) moved[i] += t * s[i];
      const Vector v = penalty.prox(moved, t);
      double square = 0;
      for (std::size_t i = 0; i < size; ++i) square += (v[i] - u[i]) * (v[i] - u[i]);
      CHECK_NEAR(std::sqrt(square) / t, distance, 1e-4 * (1 + distance) + 1e-9);
    }
  });
}

TEST(topKByItsExtremes) {
  const Vector u = {3, -1, 0, -3, 2};
  const auto of = [&](int k) { return penalties::TopK{k}.value(5, u.data()); };
  CHECK_EQ(of(1), 3.0);
  CHECK_EQ(of(2), 6.0);
  CHECK_EQ(of(3), 8.0);
  CHECK_EQ(of(4), 9.0);
  CHECK_EQ(of(9), 9.0);
}
