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
    Forms made;
    made.reserve(at(node.size));
    if (isUnary(node.op)) {
      for (int k = 0; k < node.size; ++k) made.push_back(builder_.unary(node.op, entry(of(node.a), k)));
    } else if (isBinary(node.op)) {
      for (int k = 0; k < node.size; ++k) {
        made.push_back(builder_.binary(node.op, entry(of(node.a), k), entry(of(node.b), k)));
      }
    } else if (node.op == Op::constant || node.op == Op::variables || node.op == Op::parameters) {
      for (int k = 0; k < node.size; ++k) made.push_back(leaf(node, k));
    } else if (node.op == Op::matvec) {
      made = matvec(node);
    } else if (node.op == Op::sum || node.op == Op::dot || node.op == Op::norm2Squared || node.op == Op::logsumexp) {
      for (int k = 0; k < node.size; ++k) made.push_back(reduction(node, k));
    } else {
      selection(node, made);
    }
    return made;
  }

  LinearForm leaf(const Graph::Node& node, int k) const {
    if (node.op == Op::variables) return LinearForm::column(node.b + k);
    const double value = node.op == Op::constant ? graph_.numbers(node)[at(k)] : parameters_[at(node.b + k)];
    return LinearForm::of({value, value});
  }

  void selection(const Graph::Node& node, Forms& made) const {
    const auto list = graph_.integers(node);
    if (node.op == Op::concatenate) {
      for (const std::int32_t piece : list) made.insert(made.end(), of(piece).begin(), of(piece).end());
    } else if (node.op == Op::slice) {
      for (int k = 0; k < node.size; ++k) made.push_back(of(node.a)[at(list[0] + k * list[1])]);
    } else if (node.op == Op::gather) {
      for (int k = 0; k < node.size; ++k) made.push_back(of(node.a)[at(list[at(k)])]);
    } else {
      throw Error(ErrorKind::solver, "operation '" + nameOf(node.op) + "' has no relaxation", "UNSUPPORTED");
    }
  }

  /// Entry k of a sum over groups.
  LinearForm reduction(const Graph::Node& node, int k) {
    const int group = node.op == Op::dot ? node.extra : node.b;
    Forms parts;
    for (int i = k * group; i < (k + 1) * group; ++i) {
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
        matrix.forRow(i, [&](int j, double value) {
          const int to = transposed ? j : i, from = transposed ? i : j;
          parts[at(part) * at(rows) + at(to)].push_back({{value, value}, &a[at(part) * at(columns) + at(from)]});
        });
      }
    }
    Forms made;
    for (const auto& sum : parts) made.push_back(sumOf(sum));
    return made;
  }

  const Graph& graph_;
  std::span<const double> parameters_;
  LiftedBuilder& builder_;
  std::vector<Forms> forms_;
};

}  // namespace

LiftedProgram liftedProgram(const Graph& graph, std::span<const double> parameters, const LiftedBounds& bounds) {
  LiftedBuilder builder(bounds);
  const Lifting lifting(graph, parameters, builder);
  std::size_t row = 0;
  for (const int node : graph.constraints()) {
    for (const LinearForm& form : lifting.of(node)) {
      const Interval sides = bounds.constraints.empty() ? Interval{0, 0} : bounds.constraints[row];
      ++row;
      builder.constrain(form, sides);
    }
  }
  return builder.take(graph.objective() < 0 ? LinearForm() : lifting.of(graph.objective())[0]);
}

}  // namespace nonconvex
