#include "solvers/sparse/subsets/subset_enumeration.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {
namespace {

/// Reflects the rows from `row` on so that a column has nothing below it.
void reflect(Mat<double> a, int row, int column) {
  const int n = a.rows - row;
  double* v = a.column(column) + row;
  const double size = blas::nrm2(n, v);
  if (size == 0) return;
  const double head = v[0] + std::copysign(size, v[0]), diagonal = -std::copysign(size, v[0]);
  for (int i = 1; i < n; ++i) v[i] /= head;
  v[0] = 1;
  const double by = -head / diagonal;
  for (int j = column + 1; j < a.cols; ++j) {
    double* to = a.column(j) + row;
    blas::axpy(n, -by * blas::dot(n, v, to), v, to);
  }
  v[0] = diagonal;
}

}  // namespace

struct SubsetEnumeration::Tuning {
  static constexpr std::size_t mostColumns = 40;  ///< safeguard: columns of which all subsets can be enumerated
  static constexpr double mostNumbers = 5e7;      ///< safeguard: numbers of the rows in memory
  static constexpr double leastLeft = 1e-10;      ///< rounding: length left of a column that counts as dependent
};

std::vector<int> SubsetEnumeration::candidatesOf(const SparseData& data) {
  std::vector<int> columns;
  for (int j = 0; j < data.p(); ++j) {
    const bool out = data.lower[at(j)] == 0 && data.upper[at(j)] == 0;
    if (!data.constant[at(j)] && !out && data.factor[at(j)] > 0) columns.push_back(j);
  }
  return columns;
}

bool SubsetEnumeration::isFor(const SparseData& data) {
  const std::size_t count = candidatesOf(data).size(), all = count + data.free.size() + 2;
  return count <= Tuning::mostColumns &&
         static_cast<double>(all) * static_cast<double>(std::max(at(data.n()), all)) <= Tuning::mostNumbers;
}

SubsetEnumeration::SubsetEnumeration(const Cpu& la, const SparseData& data, bool intercept)
    : la_(la), columns_(candidatesOf(data)), triangle_(static_cast<int>(columns_.size())), lengths_(at(data.p())) {
  read(data, intercept);
}

/// Makes the triangle of what the intercept and the columns without penalty leave of the others.
void SubsetEnumeration::read(const SparseData& data, bool intercept) {
  std::vector<int> all = data.free;
  all.insert(all.end(), columns_.begin(), columns_.end());
  const int n = data.n(), first = intercept ? 1 : 0, last = first + static_cast<int>(all.size());
  HostMatrix<double> a(std::max(n, last + 1), last + 1);
  for (int i = 0; i < n; ++i) {
    const double root = std::sqrt(data.weights[at(i)]);
    if (intercept) a(i, 0) = root;
    a(i, last) = root * (data.y[at(i)] - (data.offset.empty() ? 0 : data.offset[at(i)]));
  }
  for (int c = first; c < last; ++c) {
    la_.abortPoint();
    readColumn(data, all[at(c - first)], intercept, {a.column(c), at(n)});
  }
  int row = 0;
  const int begin = last - triangle_.columns();
  for (int c = 0; c < begin; ++c) {
    la_.abortPoint();
    const double left = blas::nrm2(a.rows() - row, a.column(c) + row);
    if (c < first || left > Tuning::leastLeft * lengths_[at(all[at(c - first)])]) reflect(a, row++, c);
  }
  for (int c = begin; c <= last; ++c) {
    la_.abortPoint();
    reflect(a, row + c - begin, c);
    for (int i = 0; i <= c - begin; ++i) triangle_(i, c - begin) = a(row + i, c);
  }
}

/// out := a column as it is penalised, centred beside an intercept, times the roots of the weights.
void SubsetEnumeration::readColumn(const SparseData& data, int j, bool intercept, std::span<double> out) {
  const double by = 1 / data.scale[at(j)];
  const double mean = intercept ? data.dot(j, data.weights.data(), 1) : 0;
  std::fill(out.begin(), out.end(), -data.shift[at(j)] * by - mean);
  data.x().forEntries(j, [&](int i, double v) { out[at(i)] += v * by; });
  for (std::size_t i = 0; i < out.size(); ++i) out[i] *= std::sqrt(data.weights[i]);
  lengths_[at(j)] = blas::nrm2(static_cast<int>(out.size()), out.data());
}

/// Whether what is left of a column is rounding.
bool SubsetEnumeration::depends(const Node& node, int place, double length) const {
  return length <= Tuning::leastLeft * lengths_[at(node.columns[at(place)])];
}

void SubsetEnumeration::leaveOut(Node& node, int place) {
  node.rest.leaveOut(place);
  node.columns.erase(node.columns.begin() + place);
}

/// The least squares of some columns, without those that depend on columns before them.
Subset SubsetEnumeration::fit(std::span<const int> columns) const {
  Node node = all();
  for (int k = node.rest.columns(); k-- > 0;) {
    if (std::find(columns.begin(), columns.end(), node.columns[at(k)]) == columns.end()) leaveOut(node, k);
  }
  for (int k = 0; k < node.rest.columns();) {
    if (depends(node, k, std::abs(node.rest(k, k)))) {
      leaveOut(node, k);
    } else {
      ++k;
    }
  }
  Subset made{node.columns, node.rest.solve(), node.rest.lossBesideAll()};
  for (const int j : made.columns) made.objective += objective_.cost(j);
  return made;
}

/// Leaves out the columns that depend on those that are chosen: no subset with both is better than without them.
void SubsetEnumeration::leaveOutDependent(Node& node) const {
  for (int k = node.rest.columns(); k-- > 0;) {
    if (depends(node, k, node.rest.length(k))) leaveOut(node, k);
  }
}

/// How many more columns a subset of the node may have.
int SubsetEnumeration::left(const Node& node) const {
  return objective_.bySize() ? objective_.size - static_cast<int>(node.chosen.size()) : node.rest.columns();
}

/// The bound of all subsets of a node with more columns than those that are chosen.
double SubsetEnumeration::bound(Node& node, const TreeVisit& /*visit*/) const {
  leaveOutDependent(node);
  if (node.columns.empty() || left(node) == 0) return infinity;
  double cost = infinity, most = -1;
  for (int k = 0; k < node.rest.columns(); ++k) {
    cost = std::min(cost, objective_.cost(node.columns[at(k)]));
    const double gain = node.rest.gain(k);
    if (gain <= most) continue;
    most = gain;
    node.branching = k;
  }
  return node.rest.lossBesideAll() + node.cost + cost;
}

/// Takes the chosen columns of a node for a subset.
void SubsetEnumeration::incumbent(const Node& node) {
  const double value = node.rest.loss() + node.cost;
  if (value >= least_) return;
  least_ = value;
  best_ = node.chosen;
}

/// A node with a column, which is looked at first, and one without it, if that may be.
void SubsetEnumeration::branch(Node& node, OpenNodes<Node>& open) const {
  Node with = node;
  const int place = node.branching, j = node.columns[at(place)];
  with.rest.take(place);
  with.columns.erase(with.columns.begin() + place);
  with.chosen.push_back(j);
  with.cost += objective_.cost(j);
  // Where a size has room for all columns, no subset is better for one less.
  if (!objective_.bySize() || left(node) < node.rest.columns()) {
    leaveOut(node, place);
    open.add(std::move(node), -infinity);
  }
  open.add(std::move(with), -infinity);
}

SubsetEnumeration::Outcome SubsetEnumeration::search(const SubsetObjective& objective, const Subset& best,
                                                     double tolerance, double mostNodes) {
  objective_ = objective;
  tolerance_ = tolerance;
  const Subset start = fit(best.columns);
  least_ = start.objective;
  best_ = start.columns;
  const Cpu steady;  // whose searches are not interrupted, so that what was found is not lost
  TreeSearch tree(steady, *this, {.order = TreeOrder::depthFirst, .mostNodes = mostNodes});
  tree.start();
  while (!la_.ending() && !tree.step()) {
  }
  return {fit(best_), tree.lowerBound(), tree.nodes(), tree.finished()};
}

}  // namespace nonconvex
