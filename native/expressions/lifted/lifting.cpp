#include "expressions/lifted/lifting.hpp"

#include <utility>

#include "core/error.hpp"
#include "core/index.hpp"
#include "expressions/lifted/lifted_builder.hpp"

namespace nonconvex {
namespace {

/// Walks a graph entry by entry, and gives each a linear form of columns.
class Lifting {
 public:
  using Forms = std::vector<LinearForm>;

  Lifting(const Graph& graph, std::span<const double> parameters, LiftedBuilder& builder)
      : graph_(graph), parameters_(parameters), builder_(builder), forms_(graph.nodes().size()) {
    const std::vector<char> used = graph.usedNodes();
    for (std::size_t k = 0; k < used.size(); ++k) {
      if (used[k]) forms_[k] = formsOf(graph.node(static_cast<int>(k)));
    }
  }

  const Forms& of(int node) const { return forms_[at(node)]; }

 private:
  /// An entry of an operand; one number stands for all.
  static const LinearForm& entry(const Forms& forms, int k) { return forms.size() == 1 ? forms[0] : forms[at(k)]; }

  Forms formsOf(const Graph::Node& node) {
    if (node.op == Op::matvec) return matvec(node);
    Forms made;
    made.reserve(at(node.size));
    if (node.op == Op::concatenate) {
      for (const std::int32_t piece : graph_.integers(node)) {
        for (const LinearForm& form : of(piece)) add(made, form);
      }
      return made;
    }
    for (int k = 0; k < node.size; ++k) add(made, entryOf(node, k));
    return made;
  }

  /// Appends a form, and looks whether to go on.
  void add(Forms& made, LinearForm form) {
    terms_ += form.terms.size();
    made.push_back(std::move(form));
    builder_.look(terms_);
  }

  LinearForm entryOf(const Graph::Node& node, int k) {
    if (isUnary(node.op)) return builder_.unary(node.op, entry(of(node.a), k));
    if (isBinary(node.op)) return builder_.binary(node.op, entry(of(node.a), k), entry(of(node.b), k));
    switch (node.op) {
      case Op::constant:
      case Op::variables:
      case Op::parameters:
        return leaf(node, k);
      case Op::sum:
      case Op::dot:
      case Op::norm2Squared:
      case Op::logsumexp:
        return reduction(node, k);
      case Op::slice: {
        const auto list = graph_.integers(node);
        return of(node.a)[at(list[0] + k * list[1])];
      }
      case Op::gather:
        return of(node.a)[at(graph_.integers(node)[at(k)])];
      default:
        throw Error(ErrorKind::solver, "operation '" + nameOf(node.op) + "' has no relaxation", "UNSUPPORTED");
    }
  }

  LinearForm leaf(const Graph::Node& node, int k) const {
    if (node.op == Op::variables) return LinearForm::column(node.b + k);
    const double value = node.op == Op::constant ? graph_.numbers(node)[at(k)] : parameters_[at(node.b + k)];
    return LinearForm::of({value, value});
  }

  /// Entry k of a sum over groups.
  LinearForm reduction(const Graph::Node& node, int k) {
    const int group = node.op == Op::dot ? node.extra : node.b;
    Forms parts;
    for (int i = k * group; i < (k + 1) * group; ++i) {
      builder_.look(terms_);
      const LinearForm& a = entry(of(node.a), i);
      parts.push_back(node.op == Op::sum         ? a
                      : node.op == Op::dot       ? builder_.binary(Op::multiply, a, entry(of(node.b), i))
                      : node.op == Op::logsumexp ? builder_.unary(Op::exp, a)
                                                 : builder_.unary(Op::square, a));
    }
    std::vector<ScaledForm> scaled;
    for (const LinearForm& part : parts) scaled.push_back({{1, 1}, &part});
    LinearForm sum = sumOf(scaled);
    return node.op == Op::logsumexp ? builder_.unary(Op::log, sum) : sum;
  }

  Forms matvec(const Graph::Node& node) {
    const ConstantMatrix& matrix = *graph_.matrixOf(node);
    const bool transposed = node.extra % 2 == 1;
    const int count = node.extra / 2;
    const Forms& a = of(node.a);
    const int rows = transposed ? matrix.columns : matrix.rows;
    const int columns = transposed ? matrix.rows : matrix.columns;
    std::vector<std::vector<ScaledForm>> parts(at(rows) * at(count));
    for (int part = 0; part < count; ++part) {
      for (int i = 0; i < matrix.rows; ++i) {
        builder_.look(terms_);
        matrix.forRow(i, [&](int j, double value) {
          const int to = transposed ? j : i, from = transposed ? i : j;
          parts[at(part) * at(rows) + at(to)].push_back({{value, value}, &a[at(part) * at(columns) + at(from)]});
        });
      }
    }
    Forms made;
    for (const auto& sum : parts) add(made, sumOf(sum));
    return made;
  }

  const Graph& graph_;
  std::span<const double> parameters_;
  LiftedBuilder& builder_;
  std::vector<Forms> forms_;
  std::size_t terms_ = 0;  // terms of forms_
};

}  // namespace

LiftedProgram liftedProgram(const Graph& graph, std::span<const double> parameters, const LiftedBounds& bounds,
                            const LiftingWatch& watch) {
  LiftedBuilder builder(bounds, watch);
  const Lifting lifting(graph, parameters, builder);
  std::size_t row = 0;
  for (const int node : graph.constraints()) {
    for (const LinearForm& form : lifting.of(node)) {
      const Interval sides = bounds.constraints.empty() ? Interval{0, 0} : bounds.constraints[row];
      ++row;
      builder.look();
      builder.constrain(form, sides);
    }
  }
  return builder.take(graph.objective() < 0 ? LinearForm() : lifting.of(graph.objective())[0]);
}

}  // namespace nonconvex
