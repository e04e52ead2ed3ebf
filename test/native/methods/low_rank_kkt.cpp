// Solves with a Hessian that has a part of low rank, against the whole matrix.
#include "methods/kkt/low_rank_kkt.hpp"

#include <cmath>
#include <memory>
#include <span>
#include <vector>

#include "check.hpp"
#include "core/index.hpp"
#include "linalg/cpu.hpp"

using namespace nonconvex;

namespace {

constexpr int n = 7, m = 2;
using Values = std::vector<double>;

/// Terms that can be changed.
struct Terms : LowRankHessian {
  std::vector<RankOneTerm> terms;
  std::span<const RankOneTerm> lowRankTerms() const override { return terms; }
};

double entry(int k) { return std::sin(2.3 * k) + 0.1 * k; }

/// A diagonal H and a sparse J.
struct System {
  SparsePattern diagonal = {.lines = n, .width = n, .offsets = {0}, .indices = {}};
  SparsePattern rows = {.lines = m, .width = n, .offsets = {0}, .indices = {}};
  Values H, J;

  System() {
    for (int j = 0; j < n; ++j) {
      diagonal.indices.push_back(j);
      diagonal.offsets.push_back(j + 1);
      H.push_back(2 + 0.3 * j);
    }
    for (int i = 0; i < m; ++i) {
      for (int j = i; j < n; j += 2) {
        rows.indices.push_back(j);
        J.push_back(entry(10 * i + j));
      }
      rows.offsets.push_back(static_cast<int>(rows.indices.size()));
    }
  }

  /// K z, entry by entry, with these terms and diagonal.
  Values product(const Values& of, const Values& z, std::span<const RankOneTerm> terms) const {
    Values out(n + m);
    for (int j = 0; j < n; ++j) out[at(j)] = of[at(j)] * z[at(j)];
    for (const RankOneTerm& term : terms) {
      double along = 0;
      for (int j = 0; j < n; ++j) along += term.u[at(j)] * z[at(j)];
      for (int j = 0; j < n; ++j) out[at(j)] += term.factor * along * term.u[at(j)];
    }
    for (int i = 0; i < m; ++i) {
      for (int k = rows.offsets[at(i)]; k < rows.offsets[at(i) + 1]; ++k) {
        const std::size_t j = at(rows.indices[at(k)]);
        out[j] += J[at(k)] * z[at(n + i)];
        out[at(n + i)] += J[at(k)] * z[j];
      }
    }
    return out;
  }
};

}  // namespace

TEST(solutionsAreThoseOfTheWholeMatrix) {
  const System system;
  Values u(n), w(n);
  for (int j = 0; j < n; ++j) {
    u[at(j)] = entry(30 + j);
    w[at(j)] = 0.1 * entry(50 + j);
  }
  Terms low;
  const Cpu la;
  LowRankKkt kkt(factoredKkt(system.diagonal, system.rows, system.H, system.J, la), low, n, m, 4);
  Values b(n + m), z(n + m);
  for (int i = 0; i < n + m; ++i) b[at(i)] = entry(70 + i);

  for (const int count : {0, 1, 2}) {
    low.terms.clear();
    if (count > 0) low.terms.push_back({u, 1.5});
    if (count > 1) low.terms.push_back({w, -0.5});
    kkt.load(system.H, system.J);
    const Inertia inertia = kkt.factor({});
    CHECK_EQ(inertia.positive, n);
    CHECK_EQ(inertia.negative, m);
    kkt.solve(b, 1e-14, z);
    const Values product = system.product(system.H, z, low.terms);
    for (int i = 0; i < n + m; ++i) CHECK_NEAR(product[at(i)], b[at(i)], 1e-11);
    Values other = b;
    kkt.solve(other);
    for (int i = 0; i < n + m; ++i) CHECK_NEAR(other[at(i)], z[at(i)], 1e-11);
  }

  // A system that is not of a Hessian has no terms.
  const Values zero(n), ones(n, 1.0), none(m);
  kkt.load(zero, system.J);
  kkt.loadDiagonals({ones, none});
  kkt.factor({});
  kkt.solve(b, 1e-14, z);
  const Values product = system.product(ones, z, {});
  for (int i = 0; i < n + m; ++i) CHECK_NEAR(product[at(i)], b[at(i)], 1e-11);
}
