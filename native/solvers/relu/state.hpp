// The convex program that ReluSolver solves, where La computes, and what a solve knows of it so far.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

#include "solvers/relu/certificate.hpp"
#include "solvers/relu/engines/gap_rate.hpp"
#include "solvers/relu/map.hpp"
#include "solvers/relu/prox.hpp"

namespace nonconvex {

/// The state that the engines of ReluSolver share. Its parts refer to each other, so it is neither copied nor moved.
template <LinAlg La>
struct ReluState {
  using T = typename La::Number;
  static constexpr bool cpu = std::is_same_v<La, Cpu>;
  static constexpr bool single = !std::is_same_v<T, double>;

  ReluState(const La& linearAlgebra, ReluData scaled, const ReluSettings& wanted, ReluWarmStart start)
      : la(linearAlgebra),
        settings(wanted),
        data(std::move(scaled)),
        warmStart(std::move(start)),
        rows(la, data),
        map(la, data, rows, settings),
        exactMap(single ? std::make_unique<ReluMap<La, double>>(la, data, rows, settings) : nullptr),
        blocks(kernels::Blocks::among(map.columns(), map.patterns(),
                                      settings.coupling == ReluCoupling::frobenius ? data.c : 1)),
        prox(la, data, map, exact(), blocks),
        certificate(la, data, rows, map, exact(), prox, blocks, settings.activation) {}
  ReluState(const ReluState&) = delete;
  ReluState& operator=(const ReluState&) = delete;

  bool squared() const { return data.loss.kind == ReluLoss::squared; }
  bool hasWarmStart() const { return warmStart.weights.cols() > 0; }
  const ReluMap<La, double>& exact() const {
    if constexpr (single) {
      return *exactMap;
    } else {
      return map;
    }
  }

  /// Adds up numbers over ranks; empty where all rows are here.
  std::function<void(std::span<double>)> sums() const {
    if (!data.ranks) return {};
    return [this](std::span<double> values) { data.together(values); };
  }

  const La& la;
  const ReluSettings settings;
  ReluData data;
  ReluWarmStart warmStart;  ///< a start on the scaled data; no columns if there is none
  ReluRows<La> rows;
  ReluMap<La> map;
  const std::unique_ptr<ReluMap<La, double>> exactMap;  ///< made where `map` is not in double precision
  const kernels::Blocks blocks;
  ReluProx<La> prox;
  ReluCertificate<La> certificate;
  ReluGapRate rate;   ///< fed by the iterates of ADMM
  int iteration = 0;  ///< iterations done by all engines
  int reports = 0;    ///< reports of progress so far
};

}  // namespace nonconvex
