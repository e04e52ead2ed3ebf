#include "expressions/convexity.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/index.hpp"

namespace nonconvex {
namespace {

constexpr std::size_t mostEntries = 2'000'000;  // safeguard: entries of nodes that are looked at, some 60 MB

/// The nodes that the functions depend on, with the place of their first entry in lists of all entries.
class Places {
 public:
  explicit Places(const Graph& graph) : first_(graph.nodes().size(), unused) {
    if (graph.objective() >= 0) first_[at(graph.objective())] = 0;
    for (const int node : graph.constraints()) first_[at(node)] = 0;
    for (std::size_t k = first_.size(); k-- > 0;) {
      if (first_[k] == unused) continue;
      forInputs(graph, graph.node(static_cast<int>(k)), [&](int input) { first_[at(input)] = 0; });
    }
    for (std::size_t k = 0; k < first_.size(); ++k) {
      if (first_[k] == unused) continue;
      first_[k] = total_;
      total_ += at(graph.size(static_cast<int>(k)));
    }
  }

  std::size_t total() const { return total_; }
  bool used(int node) const { return first_[at(node)] != unused; }
  std::size_t of(int node) const { return first_[at(node)]; }

 private:
  static constexpr std::size_t unused = static_cast<std::size_t>(-1);

  template <class F>
  static void forInputs(const Graph& graph, const Graph::Node& node, F&& f) {
    if (node.op == Op::concatenate) {
      for (const std::int32_t piece : graph.integers(node)) f(piece);
    } else if (node.a >= 0) {
      f(node.a);
      if (isBinary(node.op) || node.op == Op::dot) f(node.b);
    }
  }

  std::vector<std::size_t> first_;
  std::size_t total_ = 0;
};

class Composition {
 public:
  Composition(const Graph& graph, std::span<const Interval> bounds, std::span<const double> parameters)
      : graph_(graph), bounds_(bounds), parameters_(parameters), places_(graph) {}

  bool fits() const { return places_.total() <= mostEntries; }

  /// Looks at all entries, from the variables to the functions.
  bool lookAtEntries() {
    known_.resize(places_.total());
    for (int k = 0; k < static_cast<int>(graph_.nodes().size()); ++k) {
      if (places_.used(k) && !look(k, graph_.node(k))) return false;
    }
    return true;
  }

  /// Splits the sum into what is convex by the rules and a quadratic rest; nothing where a term is neither.
  std::optional<QuadraticRest> split(double sigma, std::span<const double> weights) {
    weights_.assign(places_.total(), 0.0);
    if (graph_.objective() >= 0) weights_[places_.of(graph_.objective())] = sigma;
    std::size_t row = 0;
    for (const int node : graph_.constraints()) {
      for (int e = 0; e < graph_.size(node); ++e) weights_[places_.of(node) + at(e)] += weights[row++];
    }
    QuadraticRest rest;
    rest.whole = true;
    bool undecided = false;
    for (int k = static_cast<int>(graph_.nodes().size()); k-- > 0;) {
      if (places_.used(k) && !splitNode(k, rest, undecided)) return std::nullopt;
    }
    if (!undecided) rest.nodes.clear();
    return rest;
  }

 private:
  const shapes::Known& entry(int node, int e) const {
    return known_[places_.of(node) + at(graph_.size(node) == 1 ? 0 : e)];
  }
  double& weight(int node, int e) { return weights_[places_.of(node) + at(graph_.size(node) == 1 ? 0 : e)]; }

  bool look(int k, const Graph::Node& node) {
    shapes::Known* const out = known_.data() + places_.of(k);
    if (node.op == Op::concatenate) {
      std::size_t to = 0;
      for (const std::int32_t piece : graph_.integers(node)) {
        for (int e = 0; e < graph_.size(piece); ++e) out[to++] = entry(piece, e);
      }
      return true;
    }
    if (node.op == Op::matvec) {
      lookAtProduct(node, out);
      return true;
    }
    for (int e = 0; e < node.size; ++e) {
      if (!lookAtEntry(node, e, out[e])) return false;
    }
    return true;
  }

  // Longer than most: a case for each operation.
  bool lookAtEntry(const Graph::Node& node, int e, shapes::Known& out) const {
    if (isUnary(node.op)) {
      out = shapes::unaryOf(node.op, entry(node.a, e));
      return true;
    }
    if (isBinary(node.op)) {
      out = node.op == Op::multiply
                ? productAt(node, e)
                : shapes::binaryOf(node.op, entry(node.a, e), entry(node.b, e), graph_.same(node.a, node.b), false);
      return true;
    }
    switch (node.op) {
      case Op::constant:
        out = shapes::constantEntry(graph_.numbers(node)[at(e)]);
        return true;
      case Op::variables:
        out = shapes::variableEntry(bounds_[at(node.b + e)]);
        return true;
      case Op::parameters:
        out = shapes::constantEntry(parameters_[at(node.b + e)]);
        return true;
      case Op::slice:
        out = entry(node.a, graph_.integers(node)[0] + e * graph_.integers(node)[1]);
        return true;
      case Op::gather:
        out = entry(node.a, graph_.integers(node)[at(e)]);
        return true;
      case Op::sum:
        out = overGroup(e, node.b, [&](int i) { return entry(node.a, i); });
        return true;
      case Op::dot:
        out = overGroup(e, node.extra, [&](int i) {
          return shapes::binaryOf(Op::multiply, entry(node.a, i), entry(node.b, i), graph_.same(node.a, node.b), false);
        });
        return true;
      case Op::norm2Squared:
        out = overGroup(e, node.b, [&](int i) { return shapes::unaryOf(Op::square, entry(node.a, i)); });
        return true;
      case Op::logsumexp:
        out = shapes::unaryOf(Op::log,
                              overGroup(e, node.b, [&](int i) { return shapes::unaryOf(Op::exp, entry(node.a, i)); }));
        if (!std::isfinite(out.range.low)) out.range.low = -infinity;  // exp has underflown
        return true;
      default:  // a row of data: graphs of rows are not looked at
        return false;
    }
  }

  /// A product; of powers of the same entry a power, as files spell x^3, and x log x.
  shapes::Known productAt(const Graph::Node& node, int e) const {
    for (const auto& [base, other] : {std::pair(node.a, node.b), std::pair(node.b, node.a)}) {
      const Graph::Node& factor = graph_.node(other);
      const double exponent = exponentOf(other, base, e);
      if (!std::isnan(exponent)) {
        return shapes::binaryOf(Op::pow, entry(base, e), shapes::constantEntry(exponent + 1), false, false);
      }
      if (factor.op == Op::log && graph_.same(factor.a, base)) {
        return shapes::binaryOf(Op::multiply, entry(base, e), entry(other, e), false, true);
      }
    }
    return shapes::binaryOf(Op::multiply, entry(node.a, e), entry(node.b, e), false, false);
  }
  /// c of a node that is base^c, NaN of any other.
  double exponentOf(int k, int base, int e) const {
    const Graph::Node& node = graph_.node(k);
    if (graph_.same(k, base)) return 1;
    if (operandsOf(node.op) == 0 || !graph_.same(node.a, base)) return std::nan("");
    if (node.op == Op::square || node.op == Op::abs2) return 2;
    const bool power = node.op == Op::pow && entry(node.b, e).has(shapes::constant);
    return power ? entry(node.b, e).range.low : std::nan("");
  }

  /// The sum of the terms of group e.
  template <class Term>
  static shapes::Known overGroup(int e, int group, Term&& term) {
    shapes::Known sum = term(e * group);
    for (int i = e * group + 1; i < (e + 1) * group; ++i) sum = shapes::sumOf(sum, term(i));
    return sum;
  }

  /// f(row, column, value) for the entries of the factor of a matvec, transposed where the product is.
  template <class F>
  void forFactor(const Graph::Node& node, F&& f) const {
    const ConstantMatrix& matrix = *graph_.matrixOf(node);
    const bool transposed = (node.extra & 1) != 0;
    for (int i = 0; i < matrix.rows; ++i) {
      matrix.forRow(i, [&](int j, double value) { transposed ? f(j, i, value) : f(i, j, value); });
    }
  }

  void lookAtProduct(const Graph::Node& node, shapes::Known* out) const {
    const int count = node.extra / 2, rows = node.size / count, columns = graph_.size(node.a) / count;
    std::fill(out, out + node.size, shapes::constantEntry(0));
    for (int part = 0; part < count; ++part) {
      forFactor(node, [&](int i, int j, double value) {
        shapes::Known& to = out[part * rows + i];
        if (value != 0) to = shapes::sumOf(to, shapes::multipleOf(value, entry(node.a, part * columns + j)));
      });
    }
  }

  /// Decides about the entries of a node, or hands their weights on to its inputs; false where a term is of no kind
  /// that is known to be convex.
  bool splitNode(int k, QuadraticRest& rest, bool& undecided) {
    double* const weight = weights_.data() + places_.of(k);
    const shapes::Known* const known = known_.data() + places_.of(k);
    const Graph::Node& node = graph_.node(k);
    bool quadratic = false, handsOn = false;
    for (int e = 0; e < node.size; ++e) {
      if (known[e].degree <= 1) weight[e] = 0;
      if (weight[e] == 0) continue;
      if (!std::isfinite(weight[e])) return false;
      const bool decided = known[e].has(weight[e] > 0 ? shapes::convex : shapes::concave);
      if (known[e].degree == 2) {
        quadratic = true;
        undecided = undecided || !decided;
      } else {
        rest.whole = false;
        if (decided) weight[e] = 0;
        handsOn = handsOn || !decided;
      }
    }
    if (quadratic) {
      rest.nodes.push_back(k);
      std::vector<double>& kept = rest.weights.emplace_back(weight, weight + node.size);
      for (int e = 0; e < node.size; ++e) (known[e].degree == 2 ? weight[e] : kept[at(e)]) = 0;
    }
    return !handsOn || handOn(node, weight);
  }

  /// Adds the weights of a linear operation to those of its inputs; false of any other operation.
  bool handOn(const Graph::Node& node, const double* from) {
    if (node.op == Op::concatenate) {
      for (const std::int32_t piece : graph_.integers(node)) {
        for (int e = 0; e < graph_.size(piece); ++e) weight(piece, e) += *from++;
      }
      return true;
    }
    if (node.op == Op::matvec) {
      const int count = node.extra / 2, rows = node.size / count, columns = graph_.size(node.a) / count;
      for (int part = 0; part < count; ++part) {
        forFactor(node, [&](int i, int j, double value) {
          weight(node.a, part * columns + j) += value * from[part * rows + i];
        });
      }
      return true;
    }
    for (int e = 0; e < node.size; ++e) {
      if (from[e] != 0 && !handOnEntry(node, e, from[e])) return false;
    }
    return true;
  }

  bool handOnEntry(const Graph::Node& node, int e, double w) {
    switch (node.op) {
      case Op::negate:
        weight(node.a, e) -= w;
        return true;
      case Op::add:
      case Op::subtract:
        weight(node.a, e) += w;
        weight(node.b, e) += node.op == Op::add ? w : -w;
        return true;
      case Op::multiply:
        return handOnProduct(node, e, w);
      case Op::divide:
        if (!entry(node.b, e).has(shapes::constant)) return false;
        weight(node.a, e) += w / entry(node.b, e).range.low;
        return true;
      case Op::slice:
        weight(node.a, graph_.integers(node)[0] + e * graph_.integers(node)[1]) += w;
        return true;
      case Op::gather:
        weight(node.a, graph_.integers(node)[at(e)]) += w;
        return true;
      case Op::sum:
        for (int i = e * node.b; i < (e + 1) * node.b; ++i) weight(node.a, i) += w;
        return true;
      case Op::dot:
        for (int i = e * node.extra; i < (e + 1) * node.extra; ++i) {
          if (!handOnProduct(node, i, w)) return false;
        }
        return true;
      default:
        return false;
    }
  }

  /// Hands the weight of a product on to the factor that is no constant.
  bool handOnProduct(const Graph::Node& node, int i, double w) {
    const shapes::Known &a = entry(node.a, i), &b = entry(node.b, i);
    if (a.has(shapes::constant)) {
      weight(node.b, i) += w * a.range.low;
    } else if (b.has(shapes::constant)) {
      weight(node.a, i) += w * b.range.low;
    } else {
      return false;
    }
    return true;
  }

  const Graph& graph_;
  const std::span<const Interval> bounds_;
  const std::span<const double> parameters_;
  const Places places_;
  std::vector<shapes::Known> known_;
  std::vector<double> weights_;
};

}  // namespace

std::optional<QuadraticRest> convexityOf(const Graph& graph, std::span<const Interval> bounds,
                                         std::span<const double> parameters, double sigma,
                                         std::span<const double> weights) {
  Composition composition(graph, bounds, parameters);
  if (!composition.fits() || !composition.lookAtEntries()) return std::nullopt;
  return composition.split(sigma, weights);
}

Graph graphOf(const QuadraticRest& rest, const Graph& graph) {
  Graph made = graph.withoutFunctions();
  int sum = made.constant(0.0);
  for (std::size_t k = 0; k < rest.nodes.size(); ++k) {
    const int weights = made.constant(rest.weights[k]);
    sum = made.binary(Op::add, sum, made.dot(weights, rest.nodes[k], graph.size(rest.nodes[k])));
  }
  made.minimize(sum);
  return made;
}

}  // namespace nonconvex
