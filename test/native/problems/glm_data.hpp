// Data of generalised linear models, and the graphs of the same problems.
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "core/communicator.hpp"
#include "core/index.hpp"
#include "core/random.hpp"
#include "expressions/program.hpp"
#include "problems/constrained_objective.hpp"
#include "problems/glm/objective.hpp"

namespace glm {

using namespace nonconvex;

enum class Form { sparse, dense, dense32 };

struct Case {
  GlmFamily family;
  Form form;
  int rows, columns;
  double density;
  bool weighted, offset;
  double ridge;
};

/// Data of a case, the same numbers in all forms.
struct Data {
  explicit Data(const Case& c) {
    rows.family = c.family;
    const Random random(7);
    const int rowCount = c.rows, n = c.columns;
    std::uint64_t draw = 0;
    const auto normal = [&] { return random.normal(draw++); };
    numbers.assign(at(rowCount) * at(n), 0);
    rows.matrix = {.rows = rowCount, .columns = n, .values = {}, .offsets = {0}, .indices = {}};
    for (int i = 0; i < rowCount; ++i) {
      for (int j = 0; j < n; ++j) {
        if (random.uniform(draw++) > c.density) continue;
        const double value = static_cast<float>(normal());
        numbers[at(i) * at(n) + at(j)] = value;
        rows.matrix.values.push_back(value);
        rows.matrix.indices.push_back(j);
      }
      rows.matrix.offsets.push_back(static_cast<int>(rows.matrix.indices.size()));
      const double u = random.uniform(draw++);
      rows.y.push_back(c.family == GlmFamily::logistic  ? (u < 0.4   ? 0.0
                                                           : u < 0.8 ? 1.0
                                                                     : 0.25)
                       : c.family == GlmFamily::poisson ? std::floor(5 * u)
                       : c.family == GlmFamily::gamma   ? 0.1 + u
                                                        : normal());
      rows.weights.push_back(c.weighted ? random.uniform(draw++) : 1.0 / rowCount);
      if (c.offset) rows.offset.push_back(0.5 * normal());
    }
    for (int j = 0; j < n; ++j) rows.ridge.push_back(j % 3 == 2 ? 0 : c.ridge);
    numbers32.assign(numbers.begin(), numbers.end());
  }

  std::unique_ptr<GlmObjective> objective(Form form) const {
    GlmData::Rows given = rows;
    MatrixInput dense{.rows = given.matrix.rows, .columns = given.matrix.columns};
    if (form != Form::sparse) given.matrix.offsets = given.matrix.indices = {};
    if (form == Form::dense) dense.f64 = numbers.data();
    if (form == Form::dense32) dense.f32 = numbers32.data();
    return std::make_unique<GlmObjective>(std::make_shared<const GlmData>(std::move(given)), dense);
  }

  int loss(Graph& g, int x) const {
    const int t0 = g.matvec(x, g.matrix(rows.matrix));
    const int t = rows.offset.empty() ? t0 : g.binary(Op::add, t0, g.constant(rows.offset));
    const int y = g.constant(rows.y);
    const auto times = [&](int a, int b) { return g.binary(Op::multiply, a, b); };
    const auto minus = [&](int a, int b) { return g.binary(Op::subtract, a, b); };
    const int losses = [&] {
      switch (rows.family) {
        case GlmFamily::logistic:
          return minus(g.unary(Op::softplus, t), times(y, t));
        case GlmFamily::squared:
          return times(g.constant(0.5), g.unary(Op::square, minus(t, y)));
        case GlmFamily::poisson:
          return minus(g.unary(Op::exp, t), times(y, t));
        default:
          return g.binary(Op::add, t, times(y, g.unary(Op::exp, g.unary(Op::negate, t))));
      }
    }();
    const int ridge = times(g.constant(0.5), times(g.constant(rows.ridge), g.unary(Op::square, x)));
    return g.binary(Op::add, g.sum(times(g.constant(rows.weights), losses)), g.sum(ridge));
  }

  GlmData::Rows rows;
  std::vector<double> numbers;
  std::vector<float> numbers32;
};

/// Two linear equations and ||x||^2 = 1, in a graph that may have an objective.
inline void constrain(Graph& g, int x, int n) {
  ConstantMatrix two(2, n, {});
  const Random random(3);
  for (std::uint64_t k = 0; k < 2 * at(n); ++k) two.values.push_back(random.normal(k));
  g.equalZero(g.binary(Op::subtract, g.matvec(x, g.matrix(two)), g.constant(0.3)));
  g.equalZero(g.binary(Op::subtract, g.norm2Squared(x, n), g.constant(1)));
}

/// Attributes of a few categories each as zeros and ones, and one of them with values.
inline Data categories() {
  constexpr int rowCount = 3000, attributes = 12, categories = 2, n = attributes * categories;
  const Random random(9);
  Data data({GlmFamily::logistic, Form::sparse, rowCount, n, 0, true, true, 0.1});
  data.rows.matrix = {.rows = rowCount, .columns = n, .values = {}, .offsets = {0}, .indices = {}};
  for (int i = 0; i < rowCount; ++i) {
    for (int a = 0; a < attributes; ++a) {
      const auto draw = random.below(at(i * attributes + a), categories + 1);
      if (draw == categories) continue;  // missing
      data.rows.matrix.indices.push_back(a * categories + static_cast<int>(draw));
      data.rows.matrix.values.push_back(a == 4 ? 0.5 * (i % 4) + 1 : a == 5 ? -2 : 1);
    }
    data.rows.matrix.offsets.push_back(static_cast<int>(data.rows.matrix.indices.size()));
  }
  return data;
}

/// Attributes of many categories each, some entries zero; rows of a few hundred kinds.
inline Data repetitions() {
  constexpr int rowCount = 9000, kinds = 400, attributes = 8, categories = 40, n = attributes * categories;
  const Random random(10);
  Data data({GlmFamily::poisson, Form::sparse, rowCount, n, 0, true, false, 0.1});
  data.rows.matrix = {.rows = rowCount, .columns = n, .values = {}, .offsets = {0}, .indices = {}};
  for (int i = 0; i < rowCount; ++i) {
    const int kind = static_cast<int>(random.below(at(i), kinds));
    for (int a = 0; a < attributes; ++a) {
      const auto category = random.below(at(rowCount + kind * attributes + a), categories);
      data.rows.matrix.indices.push_back(a * categories + static_cast<int>(category));
      data.rows.matrix.values.push_back(a == 3 && kind % 5 == 0 ? 0 : 0.5);
    }
    data.rows.matrix.offsets.push_back(static_cast<int>(data.rows.matrix.indices.size()));
  }
  return data;
}

/// The rows [begin, end) of data, as one rank has them.
inline std::unique_ptr<GlmObjective> part(const Data& whole, Form form, int begin, int end,
                                          std::shared_ptr<Ranks> ranks) {
  GlmData::Rows rows;
  const GlmData::Rows& all = whole.rows;
  rows.family = all.family;
  rows.ridge = all.ridge;
  rows.ranks = std::move(ranks);
  rows.matrix = {.rows = end - begin, .columns = all.matrix.columns, .values = {}, .offsets = {0}, .indices = {}};
  for (int i = begin; i < end; ++i) {
    for (int k = all.matrix.offsets[at(i)]; k < all.matrix.offsets[at(i) + 1]; ++k) {
      rows.matrix.values.push_back(all.matrix.values[at(k)]);
      rows.matrix.indices.push_back(all.matrix.indices[at(k)]);
    }
    rows.matrix.offsets.push_back(static_cast<int>(rows.matrix.indices.size()));
    rows.y.push_back(all.y[at(i)]);
    rows.weights.push_back(all.weights[at(i)]);
    if (!all.offset.empty()) rows.offset.push_back(all.offset[at(i)]);
  }
  MatrixInput dense{.rows = end - begin, .columns = all.matrix.columns};
  if (form == Form::dense) {
    rows.matrix.offsets = rows.matrix.indices = {};
    dense.f64 = whole.numbers.data() + at(begin) * at(all.matrix.columns);
  }
  return std::make_unique<GlmObjective>(std::make_shared<const GlmData>(std::move(rows)), dense);
}

}  // namespace glm
