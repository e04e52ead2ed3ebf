// Node programs of a branch and bound: a random program of McCormick rows, whose box is halved again and again from the
// basis of its parent, with rows that are remade for each box; and the least value of each column over the relaxation.
//
//   bench_dual_simplex [COLUMNS]...
#include "methods/dual_simplex/dual_simplex.hpp"

#include <array>
#include <cmath>
#include <vector>

#include "bench.hpp"
#include "core/random.hpp"

using namespace nonconvex;
using namespace nonconvex::bench;

namespace {

constexpr int factors = 2;  // definition: of a product

/// min a sum of products w = x_i x_j over some linear rows: n / 3 variables, the others are products.
class NodePrograms {
 public:
  explicit NodePrograms(int n) : n_(n), x_(std::max(2, n / 3)), simplex_(n), random_(static_cast<std::uint64_t>(n)) {
    std::vector<double> cost(at(n));
    for (int j = x_; j < n; ++j) {
      pairs_.push_back({below(x_), below(x_)});
      cost[at(j)] = random_.normal(next_++);
    }
    root();
    for (int w = 0; w < n - x_; ++w)
      for (int k = 0; k < 4; ++k) addCut(w, k);
    for (int i = 0; i < x_ / 2; ++i) {
      const int first = below(x_), second = (first + 1 + below(x_ - 1)) % x_;
      simplex_.addRow(std::vector{first, second}, std::vector{1 + uniform(), 1 + uniform()}, -infinity, 2.5);
    }
    simplex_.setCost(cost);
  }

  void root() {
    lower_.assign(at(n_), 0.0);
    upper_.assign(at(n_), 1.0);
    for (std::size_t w = 0; w < pairs_.size(); ++w) boundProduct(static_cast<int>(w));
    simplex_.setBounds(lower_, upper_);
  }

  /// Halves a variable's range, and remakes the rows of its products.
  void branch() {
    const int j = below(x_);
    const double middle = (lower_[at(j)] + upper_[at(j)]) / 2;
    (uniform() < 0.5 ? lower_ : upper_)[at(j)] = middle;
    simplex_.setBound(j, lower_[at(j)], upper_[at(j)]);
    remake(j);
  }
  void remakeAll() {
    for (int w = 0; w < n_ - x_; ++w)
      for (int k = 0; k < 4; ++k) changeCut(w, k);
  }

  DualSimplex& simplex() { return simplex_; }
  const std::vector<double>& lower() const { return lower_; }
  const std::vector<double>& upper() const { return upper_; }

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  int below(int most) { return static_cast<int>(random_.below(next_++, static_cast<std::uint32_t>(most))); }
  double uniform() { return random_.uniform(next_++); }
  void boundProduct(int w) {
    const auto [i, j] = pairs_[at(w)];
    lower_[at(x_ + w)] = lower_[at(i)] * lower_[at(j)];
    upper_[at(x_ + w)] = upper_[at(i)] * upper_[at(j)];
  }
  void remake(int variable) {
    for (int w = 0; w < n_ - x_; ++w) {
      if (pairs_[at(w)][0] != variable && pairs_[at(w)][1] != variable) continue;
      boundProduct(w);
      simplex_.setBound(x_ + w, lower_[at(x_ + w)], upper_[at(x_ + w)]);
      for (int k = 0; k < 4; ++k) changeCut(w, k);
    }
  }
  /// w - b x_i - a x_j >= or <= -a b at the corner (a, b) of the box.
  struct Cut {
    std::array<double, 3> value;
    double lower, upper;
  };
  Cut cut(int w, int k) const {
    const auto [i, j] = pairs_[at(w)];
    const double a = (k % 2 == 0 ? lower_ : upper_)[at(i)];
    const double b = (k == 0 || k == 3 ? lower_ : upper_)[at(j)];
    const bool convex = (a == lower_[at(i)]) == (b == lower_[at(j)]);
    return {{1, -b, -a}, convex ? -a * b : -infinity, convex ? infinity : -a * b};
  }
  void addCut(int w, int k) {
    const Cut made = cut(w, k);
    const auto [i, j] = pairs_[at(w)];
    simplex_.addRow(std::array{x_ + w, i, j}, made.value, made.lower, made.upper);
  }
  void changeCut(int w, int k) {
    const Cut made = cut(w, k);
    simplex_.changeRow(4 * w + k, made.value, made.lower, made.upper);
  }

  int n_, x_;
  DualSimplex simplex_;
  Random random_;
  std::uint64_t next_ = 0;
  std::vector<std::array<int, factors>> pairs_;
  std::vector<double> lower_, upper_;
};

/// Dives of ten halvings each; `fresh` sets the parent's basis, as a search does that goes to and fro.
void dives(int n, bool fresh) {
  NodePrograms programs(n);
  DualSimplex& simplex = programs.simplex();
  simplex.solve();
  const DualSimplex::Basis first = simplex.basis();
  std::int64_t solved = 0, optimal = 0, failed = 0;
  double bounds = 0;
  const std::int64_t pivots = simplex.pivots(), factorisations = simplex.factorisations();
  const double begin = callingSeconds();
  while (callingSeconds() - begin < 1) {
    programs.root();
    programs.remakeAll();
    simplex.setBasis(first);
    for (int depth = 0; depth < 10; ++depth) {
      programs.branch();
      if (fresh) simplex.setBasis(simplex.basis());
      const LpStatus status = simplex.solve();
      ++solved;
      optimal += status == LpStatus::optimal;
      failed += status == LpStatus::failed;
    }
  }
  const double seconds = callingSeconds() - begin;
  const double safeBegin = callingSeconds();
  for (int k = 0; k < 1000; ++k)
    bounds += safeBound(simplex.linearRows(), simplex.multipliers(), std::vector<double>(static_cast<std::size_t>(n)),
                        programs.lower(), programs.upper());
  const auto per = [&](std::int64_t count) { return static_cast<double>(count) / static_cast<double>(solved); };
  printLine(fresh ? "setBasis" : "warm", {{"columns", n},
                                          {"rows", simplex.rows()},
                                          {"programs a second", static_cast<double>(solved) / seconds},
                                          {"pivots", per(simplex.pivots() - pivots)},
                                          {"factorisations", per(simplex.factorisations() - factorisations)},
                                          {"optimal", per(optimal)},
                                          {"failed", per(failed)},
                                          {"safe bound, us", (callingSeconds() - safeBegin) * 1e3},
                                          {"sum of bounds", bounds}});
}

/// The least and largest value of each column over the root's relaxation.
void tightening(int n) {
  NodePrograms programs(n);
  DualSimplex& simplex = programs.simplex();
  simplex.solve();
  const std::int64_t pivots = simplex.pivots();
  std::int64_t solved = 0, optimal = 0;
  const double begin = callingSeconds();
  while (callingSeconds() - begin < 1) {
    for (int j = 0; j < n; ++j) {
      for (const double sign : {1.0, -1.0}) {
        std::vector<double> cost(static_cast<std::size_t>(n));
        cost[static_cast<std::size_t>(j)] = sign;
        simplex.setCost(cost);
        optimal += simplex.solve() == LpStatus::optimal;
        ++solved;
      }
    }
  }
  printLine("tightening", {{"columns", n},
                           {"rows", simplex.rows()},
                           {"programs a second", static_cast<double>(solved) / (callingSeconds() - begin)},
                           {"pivots", static_cast<double>(simplex.pivots() - pivots) / static_cast<double>(solved)},
                           {"optimal", static_cast<double>(optimal) / static_cast<double>(solved)}});
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<int> sizes;
  for (int i = 1; i < argc; ++i) sizes.push_back(static_cast<int>(argument(argc, argv, i, 30)));
  if (sizes.empty()) sizes = {30, 60, 100, 150};
  for (const int n : sizes) {
    dives(n, false);
    dives(n, true);
    tightening(n);
  }
  return 0;
}
