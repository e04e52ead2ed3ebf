// How KKT systems are solved.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/fields.hpp"

namespace nonconvex {

enum class KktAccuracy { descent, paper };
enum class ShiftRule { least, paper };
enum class KktMethod { automatic, exact, sketch, krylov };
enum class KktPreconditioner { automatic, sketch, lagged, diagonal };
enum class KktSketch { block, kaczmarz, gaussian, count, srht };

constexpr auto names(KktAccuracy) { return std::array{"descent"sv, "paper"sv}; }
constexpr auto names(ShiftRule) { return std::array{"least"sv, "paper"sv}; }
constexpr auto names(KktMethod) { return std::array{"auto"sv, "exact"sv, "sketch"sv, "krylov"sv}; }
constexpr auto names(KktPreconditioner) { return std::array{"auto"sv, "sketch"sv, "lagged"sv, "diagonal"sv}; }
constexpr auto names(KktSketch) { return std::array{"block"sv, "kaczmarz"sv, "gaussian"sv, "count"sv, "srht"sv}; }

/// The settings of a KktSolver; the members that have the same names among a solver's settings are explained there.
struct KktSettings {
  KktMethod inner = KktMethod::automatic;
  KktSketch sketch = KktSketch::block;
  int sketchSize = 0;
  int sketchMemory = 20;
  KktPreconditioner preconditioner = KktPreconditioner::automatic;
  int innerSteps = 100000;
  KktAccuracy accuracy = KktAccuracy::descent;
  double tolerance = 1e-8;  ///< tolerance of the solve that the systems belong to
  std::uint64_t seed = 0;
  ShiftRule shift = ShiftRule::least;
};

}  // namespace nonconvex
