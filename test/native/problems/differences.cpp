// Derivatives by differences and by quasi-Newton updates, against formulas.
#include "problems/differences.hpp"

#include <cmath>
#include <limits>
#include <memory>
#include <set>
#include <vector>

#include "check.hpp"
#include "problems/callback_nlp.hpp"
#include "problems/difference_nlp.hpp"
#include "problems/quasi_newton_matrix.hpp"
#include "problems/quasi_newton_nlp.hpp"

using namespace nonconvex;

namespace {

using Values = std::vector<double>;
constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();

/// f = sum_j exp(0.3 x_j) + x_j^2 x_{j+1} / 4 with n unknowns, and c_i = sin(x_i) x_{i+1}, m = n - 1: H and J have few
/// diagonals. Keeps the points where it is evaluated.
struct Chain {
  explicit Chain(int size) : n(at(size)), x(n), lambda(n - 1), g(n), c(n - 1), J(2 * (n - 1)), H(2 * n - 1) {
    jacobian.pattern = {.lines = size - 1, .width = size, .offsets = {0}, .indices = {}};
    hessian.pattern = {.lines = size, .width = size, .offsets = {0}, .indices = {}};
    for (int i = 0; i < size; ++i) {
      hessian.pattern.indices.push_back(i);
      if (i + 1 < size) {
        hessian.pattern.indices.push_back(i + 1);
        jacobian.pattern.indices.insert(jacobian.pattern.indices.end(), {i, i + 1});
        jacobian.pattern.offsets.push_back(2 * i + 2);
      }
      hessian.pattern.offsets.push_back(static_cast<int>(hessian.pattern.indices.size()));
    }
    for (ListedPattern* pattern : {&jacobian, &hessian}) {
      for (std::size_t k = 0; k < pattern->pattern.nonzeros(); ++k) pattern->order.push_back(static_cast<int>(k));
    }
  }

  double f() {
    double sum = 0;
    for (std::size_t j = 0; j < n; ++j) sum += std::exp(0.3 * x[j]) + (j + 1 < n ? x[j] * x[j] * x[j + 1] / 4 : 0);
    return sum;
  }
  void gradient() {
    for (std::size_t j = 0; j < n; ++j) {
      g[j] = 0.3 * std::exp(0.3 * x[j]);
      if (j + 1 < n) g[j] += x[j] * x[j + 1] / 2;
      if (j > 0) g[j] += x[j - 1] * x[j - 1] / 4;
    }
  }
  void constraints() {
    for (std::size_t i = 0; i + 1 < n; ++i) c[i] = std::sin(x[i]) * x[i + 1];
  }
  void jacobianValues() {
    for (std::size_t i = 0; i + 1 < n; ++i) {
      J[2 * i] = std::cos(x[i]) * x[i + 1];
      J[2 * i + 1] = std::sin(x[i]);
    }
  }
  void hessianValues(double sigma) {
    for (std::size_t j = 0; j < n; ++j) {
      double& diagonal = H[2 * j] = sigma * 0.09 * std::exp(0.3 * x[j]);
      if (j + 1 == n) break;
      diagonal += sigma * x[j + 1] / 2 - lambda[j] * std::sin(x[j]) * x[j + 1];
      H[2 * j + 1] = sigma * x[j] / 2 + lambda[j] * std::cos(x[j]);
    }
  }

  /// Functions that count how often they are called.
  CallbackNlp::Functions functions() {
    const auto counting = [this](auto body) {
      return [this, body](std::initializer_list<double> numbers) {
        ++calls;
        for (std::size_t j = 0; j < n; ++j) {
          lowest[j] = std::min(lowest[j], x[j]);
          highest[j] = std::max(highest[j], x[j]);
        }
        return body(numbers);
      };
    };
    lowest.assign(n, 1e300);
    highest.assign(n, -1e300);
    const auto writing = [&](void (Chain::*write)()) {
      return counting([this, write](auto) {
        (this->*write)();
        return 0.0;
      });
    };
    return {.objective = {{x}, {}, counting([this](auto) { return f(); })},
            .gradient = {{x}, {g}, writing(&Chain::gradient)},
            .constraints = {{x}, {c}, writing(&Chain::constraints)},
            .jacobian = {{x}, {J}, writing(&Chain::jacobianValues)},
            .hessian = {{x, lambda}, {H}, counting([this](auto numbers) {
                          hessianValues(*numbers.begin());
                          return 0.0;
                        })},
            .hessianProduct = {}};
  }
  std::shared_ptr<CallbackNlp> nlp() { return std::make_shared<CallbackNlp>(jacobian, hessian, functions()); }

  std::size_t n;
  ListedPattern jacobian, hessian;
  Values x, lambda, g, c, J, H;
  Values lowest, highest;
  int calls = 0;
};

/// What a problem says at a point.
struct Derivatives {
  Values gradient, jacobian, hessian;

  Derivatives(Nlp& nlp, const Values& x, double sigma, const Values& lambda)
      : gradient(x.size()), jacobian(nlp.jacobianPattern().nonzeros()), hessian(nlp.hessianPattern().nonzeros()) {
    nlp.moveTo(x);
    nlp.gradient(gradient);
    nlp.jacobian(jacobian);
    nlp.hessian(sigma, lambda, hessian);
  }
};

double farthest(const Values& a, const Values& b) {
  double most = a.size() == b.size() ? 0 : 1e300;
  for (std::size_t k = 0; k < a.size(); ++k) {
    most = std::abs(a[k] - b[k]) <= most ? most : std::abs(a[k] - b[k]);
  }
  return most;
}

const Values somewhere = {0.3, -1.2, 2, 0.7, -0.4, 1.1};
const Values multipliers = {1, -2, 0.5, 3, -0.7};

/// f = sqrt(x_0) + x_0 x_1 + x_1^2, defined for x_0 >= 0.
struct Root {
  Values x = Values(2);

  std::shared_ptr<Nlp> nlp() {
    const SparsePattern lower = {.lines = 2, .width = 2, .offsets = {0, 2, 3}, .indices = {0, 1, 1}};
    const SparsePattern none = {.lines = 0, .width = 2, .offsets = {0}, .indices = {}};
    const VectorFunction value = {{x}, {}, [this](auto) { return std::sqrt(x[0]) + x[0] * x[1] + x[1] * x[1]; }};
    const CallbackNlp::Functions functions = {
        .objective = value, .gradient = {}, .constraints = {}, .jacobian = {}, .hessian = {}, .hessianProduct = {}};
    return std::make_shared<CallbackNlp>(ListedPattern{none, {}}, ListedPattern{lower, {0, 1, 2}}, functions);
  }
};

}  // namespace

TEST(derivativesThatAreMissingAreDifferences) {
  Chain chain(6);
  const auto given = chain.nlp();
  const Derivatives exact(*given, somewhere, 0.7, multipliers);
  for (const bool gradient : {false, true}) {
    for (const bool jacobian : {false, true}) {
      DifferenceNlp nlp(given, {.gradient = gradient, .jacobian = jacobian, .hessian = true}, {});
      const Derivatives by(nlp, somewhere, 0.7, multipliers);
      CHECK_NEAR(farthest(by.gradient, exact.gradient), 0, 1e-9);
      CHECK_NEAR(farthest(by.jacobian, exact.jacobian), 0, 1e-9);
      CHECK_NEAR(farthest(by.hessian, exact.hessian), 0, 2e-7);
    }
  }
}

TEST(differencesTakeFewPointsOfKnownPatterns) {
  Chain chain(50);
  DifferenceNlp nlp(chain.nlp(), {.gradient = false, .jacobian = true, .hessian = true}, {});
  const Values x(50, 0.5), lambda(49, 1.0);
  nlp.moveTo(x);
  Values J(nlp.jacobianPattern().nonzeros());
  chain.calls = 0;
  nlp.jacobian(J);
  CHECK_EQ(chain.calls, 5);  // two groups of columns, on both sides, and the values at the point
  DifferenceNlp second(chain.nlp(), {.gradient = false, .jacobian = false, .hessian = true}, {});
  second.moveTo(x);
  Values H(second.hessianPattern().nonzeros());
  chain.calls = 0;
  second.hessian(1, lambda, H);
  CHECK_EQ(chain.calls, 8);  // gradient and Jacobian at the point and for three groups
}

TEST(differencesStayInsideOfTheBox) {
  Chain chain(6);
  const auto given = chain.nlp();
  // At a lower and an upper bound, near one, in a narrow box, and where there is no room at all.
  const Values x = {0.3, -1.2, 2, 0.7, -0.4, 1.1};
  const Box box = {{0.3, -5, 2 - 1e-7, 0.7 - 1e-9, -0.4, 0}, {1, -1.2, 3, 0.7 + 1e-9, -0.4, 9}};
  const Derivatives exact(*given, x, 1, multipliers);
  DifferenceNlp nlp(given, {.gradient = true, .jacobian = true, .hessian = true}, box);
  given->moveTo(x);
  chain.functions();  // forgets the points so far
  const Derivatives by(nlp, x, 1, multipliers);
  for (std::size_t j = 0; j < 6; ++j) {
    CHECK(chain.lowest[j] >= box.lower[j]);
    CHECK(chain.highest[j] <= box.upper[j]);
  }
  for (const std::size_t j : {0u, 1u, 2u, 5u}) CHECK_NEAR(by.gradient[j], exact.gradient[j], 1e-8);
  CHECK_NEAR(by.gradient[3], exact.gradient[3], 1e-5);
  CHECK_EQ(by.gradient[4], 0.0);
  CHECK_NEAR(by.hessian[0], exact.hessian[0], 1e-3);  // d2 / dx_0^2
  CHECK_NEAR(by.hessian[1], exact.hessian[1], 1e-3);  // d2 / dx_0 dx_1
  // A variable without room has a column of zeros, but with given gradients its row is known from the others.
  DifferenceNlp second(given, {.gradient = false, .jacobian = false, .hessian = true}, box);
  const Derivatives bySecond(second, x, 1, multipliers);
  CHECK_EQ(bySecond.hessian[8], 0.0);                       // d2 / dx_4^2
  CHECK_NEAR(bySecond.hessian[9], exact.hessian[9], 1e-6);  // d2 / dx_4 dx_5
}

TEST(differencesUseTheSideWhereAFunctionIsDefined) {
  Root root;
  DifferenceNlp nlp(root.nlp(), {.gradient = true, .jacobian = false, .hessian = false}, {});
  Values g(2);
  const Values nearBorder = {1e-6, 3};
  nlp.moveTo(nearBorder);
  nlp.gradient(g);
  CHECK(std::isfinite(g[0]));
  CHECK_NEAR(g[1], 6 + 1e-6, 1e-8);
  const Values outside = {-1, 3};
  nlp.moveTo(outside);
  nlp.gradient(g);
  CHECK(std::isnan(g[0]));
}

TEST(groupsOfColumnsHaveNoRowInCommon) {
  // Rows 0: columns 0, 1, 2; row 1: columns 2, 3; column 4 is empty.
  const SparsePattern columns = {.lines = 5, .width = 2, .offsets = {0, 1, 2, 4, 5, 5}, .indices = {0, 0, 0, 1, 1}};
  const auto groups = columnGroups(columns);
  CHECK_EQ(groups.size(), 3u);
  std::set<int> seen;
  for (const auto& group : groups) {
    std::set<int> rows;
    for (const int j : group) {
      seen.insert(j);
      for (const int i : columns.line(j)) CHECK(rows.insert(i).second);
    }
  }
  CHECK_EQ(seen.size(), 5u);
}

TEST(quasiNewtonUpdatesKeepTheSecantConditionAndTheSign) {
  Chain chain(6);
  QuasiNewtonNlp nlp(chain.nlp());
  CHECK(nlp.facts().approximateHessian);
  CHECK_EQ(nlp.hessianPattern().nonzeros(), 21u);
  const auto lagrangian = [&](const Values& x, double sigma, const Values& lambda) {
    Values g(6), J(10), out(6);
    nlp.moveTo(x);
    nlp.gradient(g);
    nlp.jacobian(J);
    nlp.jacobianTransposedProduct(lambda, out);
    for (std::size_t j = 0; j < 6; ++j) out[j] += sigma * g[j];
    return out;
  };
  Values x = {1, 1, 1, 1, 1, 1}, H(21), product(6), v(6);
  const Values lambda = {0.1, 0.1, 0.1, 0.1, 0.1};
  Values last = lagrangian(x, 2, lambda);
  nlp.hessian(2, lambda, H);
  CHECK_EQ(H[0], 2.0);  // the unit matrix, times sigma
  int kept = 0;
  for (int k = 0; k < 12; ++k) {
    Values next = x;
    for (std::size_t j = 0; j < 6; ++j) next[j] += 0.1 * std::sin(1.0 + 3.0 * k + static_cast<double>(j));
    const Values g = lagrangian(next, 2, lambda);
    double along = 0, curvature = 0;
    for (std::size_t j = 0; j < 6; ++j) v[j] = next[j] - x[j];
    nlp.hessianProduct(2, lambda, v, product);
    for (std::size_t j = 0; j < 6; ++j) curvature += v[j] * product[j];
    for (std::size_t j = 0; j < 6; ++j) along += v[j] * (g[j] - last[j]);
    nlp.hessian(2, lambda, H);
    nlp.hessianProduct(2, lambda, v, product);
    double off = 0, positive = 0;
    for (std::size_t j = 0; j < 6; ++j) {
      off = std::max(off, std::abs(product[j] - (g[j] - last[j])));
      positive += v[j] * product[j];
    }
    CHECK(positive > 0);
    if (k > 0 && along >= 0.2 * curvature) {
      CHECK_NEAR(off, 0, 1e-12);
      ++kept;
    }
    x = next;
    last = g;
  }
  CHECK(kept > 5);
  const Values before = H;
  nlp.hessian(2, lambda, H);  // nothing changes at the same point
  CHECK(H == before);
  nlp.hessian(0, lambda, H);
  CHECK(H == Values(21));
}

TEST(limitedUpdatesAreThoseOfTheLastSteps) {
  constexpr int n = 9, memory = 3;
  LimitedBfgs limited(n, memory);
  auto draw = [k = 0]() mutable {
    ++k;
    return std::sin(12.9898 * k) * 0.5 + (k % 7 == 0 ? 0.3 : 0.0);
  };
  Values step(n), change(n), product(n), v(n);
  CHECK_EQ(limited.pattern().nonzeros(), 9u);
  for (int k = 0; k < 8; ++k) {
    for (int j = 0; j < n; ++j) {
      step[at(j)] = draw();
      change[at(j)] = (1 + j) * step[at(j)] + 0.1 * draw();
    }
    limited.update(step, change);
    limited.product(step, product);
    double along = 0;
    for (int j = 0; j < n; ++j) {
      CHECK_NEAR(product[at(j)], change[at(j)], 1e-12);  // the secant condition
      along += step[at(j)] * product[at(j)];
    }
    CHECK(along > 0);
    CHECK_EQ(limited.terms().size(), 2 * at(std::min(k + 1, memory)));
    // The product is that of the diagonal and the terms.
    for (double& value : v) value = draw();
    limited.product(v, product);
    for (int j = 0; j < n; ++j) {
      double sum = limited.values()[at(j)] * v[at(j)];
      for (const RankOneTerm& term : limited.terms()) {
        double dot = 0;
        for (int i = 0; i < n; ++i) dot += term.u[at(i)] * v[at(i)];
        sum += term.factor * dot * term.u[at(j)];
      }
      CHECK_NEAR(product[at(j)], sum, 1e-12);
    }
  }
  // A step along which the gradient falls is damped: B stays positive definite.
  for (double& value : change) value = -value;
  limited.update(step, change);
  limited.product(step, product);
  double curvature = 0;
  for (int j = 0; j < n; ++j) curvature += step[at(j)] * product[at(j)];
  CHECK(curvature > 0);
}

TEST(largeProblemsHaveLimitedUpdates) {
  Chain chain(600);
  QuasiNewtonNlp nlp(chain.nlp());
  CHECK_EQ(nlp.hessianPattern().nonzeros(), 600u);
  Values x(600, 0.5), lambda(599, 0.1), H(600);
  nlp.moveTo(x);
  nlp.hessian(2, lambda, H);
  CHECK(nlp.lowRankTerms().empty());
  CHECK_EQ(H[0], 2.0);
  x[3] = 1;
  nlp.moveTo(x);
  nlp.hessian(2, lambda, H);
  CHECK_EQ(nlp.lowRankTerms().size(), 2u);
  CHECK_EQ(nlp.lowRankTerms()[1].factor, -2.0);
  nlp.hessian(0, lambda, H);
  CHECK(nlp.lowRankTerms().empty());
  CHECK_EQ(H[0], 0.0);
}

TEST(quasiNewtonUpdatesSkipWhatIsNotFinite) {
  Chain chain(6);
  QuasiNewtonNlp nlp(chain.nlp());
  Values H(21);
  nlp.moveTo(somewhere);
  nlp.hessian(1, multipliers, H);
  Values far = somewhere;
  far[0] = notANumber;
  nlp.moveTo(far);
  nlp.hessian(1, multipliers, H);
  for (const double entry : H) CHECK(std::isfinite(entry));
}
