// Which solver of KKT systems a method gets.
#pragma once

#include "methods/kkt/kkt_solver.hpp"
#include "methods/nlp/scaled_nlp.hpp"

namespace nonconvex {

/// The solver that `settings.inner` asks for, for a model that is linearised somewhere. `sampleH` and `sampleJ` are
/// values of the kind to come.
std::unique_ptr<KktSolver> makeKktSolver(const KktSettings& settings, const ScaledNlp& model,
                                         std::span<const double> sampleH, std::span<const double> sampleJ,
                                         const Cpu& la);

}  // namespace nonconvex
