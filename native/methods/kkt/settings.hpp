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

template <>
struct EnumNames<KktAccuracy> {
  static constexpr std::string_view names[] = {"descent", "paper"};
};
template <>
struct EnumNames<ShiftRule> {
  static constexpr std::string_view names[] = {"least", "paper"};
};
template <>
struct EnumNames<KktMethod> {
  static constexpr std::string_view names[] = {"auto", "exact", "sketch", "krylov"};
};
template <>
struct EnumNames<KktPreconditioner> {
  static constexpr std::string_view names[] = {"auto", "sketch", "lagged", "diagonal"};
};
template <>
struct EnumNames<KktSketch> {
  static constexpr std::string_view names[] = {"block", "kaczmarz", "gaussian", "count", "srht"};
};

/// What a KktSolver is asked to do; the members that have the same names among a solver's settings are explained there.
struct KktSettings {
  KktMethod inner = KktMethod::automatic;
  KktSketch sketch = KktSketch::block;
  int sketchSize = 0;
  int sketchMemory = 20;
  KktPreconditioner preconditioner = KktPreconditioner::automatic;
  int innerSteps = 100000;
  KktAccuracy accuracy = KktAccuracy::descent;
  double tolerance = 1e-8;  ///< of the solve that the systems belong to
  std::uint64_t seed = 0;
  ShiftRule shift = ShiftRule::least;
};

}  // namespace nonconvex
