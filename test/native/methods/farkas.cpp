#include "methods/interior_point/farkas.hpp"

#include <cmath>

#include "check.hpp"
#include "interior_point.hpp"
#include "methods/interior_point/judge.hpp"

using namespace nonconvex;

namespace {

/// c(x) = A x + offset of rows that are linear.
NlpFormulas linear(int n, Values A, Values offset) {
  NlpFormulas by{.n = n, .m = static_cast<int>(offset.size())};
  by.c = [n, A, offset](const Values& x) {
    Values c = offset;
    for (std::size_t k = 0; k < A.size(); ++k) c[k / at(n)] += A[k] * x[k % at(n)];
    return c;
  };
  by.J = [A](const Values&) { return A; };
  by.facts.linearConstraints = true;
  return by;
}

}  // namespace

TEST(aProofOfRowsThatContradictEachOther) {
  // x0 + x1 >= 3 and 2 x0 + x1 + 1 <= 2 over x >= 0.
  BarrierInstance in(linear(2, {1, 1, 2, 1}, {0, 1}), {1, 1}, {{0, 0}, {noSide, noSide}, {3, -noSide}, {noSide, 2}});
  const auto proof = proveInfeasible(in.state, in.state.point);
  CHECK(proof.has_value());
  const double y0 = proof->y[0], y1 = proof->y[1];
  CHECK(y0 < 0 && y1 > 0);
  CHECK(y0 + 2 * y1 >= 0 && y0 + y1 >= 0);
  const double gap = y1 * 1 - (3 * y0 + 2 * y1);
  CHECK(gap > 0 && proof->margin > 0 && proof->margin <= gap);
  CHECK_NEAR(proof->lower[0], y0 + 2 * y1, 1e-15);
}

TEST(aProofOfEquationsOverFreeVariables) {
  // Rows in scales that are 1e9 apart.
  BarrierInstance in(linear(3, {1, 1, 1, 2e9, 2e9, 2e9}, {0, 0}), {5, -4, 1}, {{}, {}, {3, 7e9}, {3, 7e9}});
  const auto proof = proveInfeasible(in.state, in.state.point);
  CHECK(proof.has_value());
  CHECK(std::abs(proof->y[0] + 2e9 * proof->y[1]) <= 1e-14 * std::abs(proof->y[0]));
  CHECK(3 * proof->y[0] + 7e9 * proof->y[1] < 0);
}

TEST(noProofOfRowsThatAPointMeets) {
  // 1e6 x in [1e11, 1e11 + 100] and 1e3 x <= 1e8 over [1e5, 100001]: x = 1e5 alone.
  BarrierInstance in(linear(1, {1e6, 1e3}, {0, 0}), {100000.5}, {{1e5}, {100001}, {1e11, -noSide}, {1e11 + 100, 1e8}});
  CHECK(!proveInfeasible(in.state, in.state.point).has_value());
  // x0 - x1 = 0.1 and 3 x0 - 3 x1 = 0.3 over free x: what the doubles contradict each other by is rounding.
  BarrierInstance rounded(linear(2, {1, -1, 3, -3}, {0, 0}), {1e5, 1}, {{}, {}, {0.1, 0.3}, {0.1, 0.3}});
  CHECK(0.1 * 3 != 0.3);
  CHECK(!proveInfeasible(rounded.state, rounded.state.point).has_value());
}

TEST(theJudgeLooksAtRowsAndNotAtSlacks) {
  // min 1e4 x over x >= 0 where c = x is at least 1.
  NlpFormulas by = linear(1, {1}, {0});
  by.f = [](const Values& x) { return 1e2 * x[0]; };
  by.gradient = [](const Values&) { return Values{1e2}; };
  BarrierInstance in(by, {2}, {{0}, {noSide}, {1}, {noSide}});
  BarrierPoint& point = in.state.point;
  const auto set = [&](double x, double slack, double y) {
    point.v = {x, slack};
    in.nlp.evaluateValues(point);
    point.at.lambda = {y};
    point.zL = {0, -y};
    point.zU = {0, 0};
    in.nlp.evaluateDerivatives(point);
    in.nlp.updateLagrangian(point);
  };
  set(1, 1, -1e2);
  CHECK(confirmed(in.nlp, point));
  set(1 + 5e-9, 1, -1e2);  // the slack is at its side, the row is not: a product of 5e-7
  CHECK(in.nlp.errors(point, 0).complementarity <= 1.1e-6);
  CHECK(!confirmed(in.nlp, point));
  set(1, 1, -50);  // half of the gradient is nobody's
  CHECK(!confirmed(in.nlp, point));
}
