// The low-rank relaxation of a quadratic function on a box, improved sweep by sweep, with a proved bound at any time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "methods/low_rank_sdp/ball_factors.hpp"
#include "methods/low_rank_sdp/box_quadratic.hpp"
#include "methods/low_rank_sdp/dual_bound.hpp"
#include "methods/low_rank_sdp/product_multipliers.hpp"
#include "methods/low_rank_sdp/quadratic_rows.hpp"

namespace nonconvex {

/// What a relaxation hands on to that of a smaller box.
struct RelaxationStart {
  struct Multiplier {
    std::uint16_t i, j;  ///< variables of the problem, j < i
    std::uint8_t kind;
    float value;  ///< the multiplier, in units of the problem's variables
  };
  int rank = 0;
  std::vector<int> free;
  std::vector<float> vectors;  ///< vectors of the free x_i, one after the other
  std::vector<Multiplier> multipliers;
  std::vector<QuadraticRowMultipliers::Kept> rows;
  double shift = 0;

  std::size_t bytes() const;
};

/// One relaxation at a time, with room for the next ones.
class Relaxation {
 public:
  /// Begins with a box, from drawn vectors or from a start.
  void set(const BoxQuadratic& problem, std::span<const double> lower, std::span<const double> upper,
           const RelaxationStart* start, std::uint64_t seed);
  int size() const { return unit_.size(); }
  const UnitQuadratic& unit() const { return unit_; }
  const BallFactors& factors() const { return factors_; }

  /// One sweep over all vectors, with a step of the multipliers of products, and the averages of multipliers.
  void sweep(const Cpu& la = Cpu());
  /// The best bound that was proved since set(), with one of the present multipliers among them.
  double prove(const Cpu& la = Cpu());
  double bound() const { return bound_; }
  /// Sweeps and proves until the bound reaches `goal` or gains little.
  double improve(const Cpu& la, double goal, int mostSweeps);
  /// The multipliers and their bound as `prove` had them last.
  DualBound& dual() { return dual_; }

  /// The point of the relaxation; that of averages where there are rows, whose multipliers move it about.
  double z(int i) const;
  /// How much the relaxation leaves open at z_i, after prove(): |v_i|^2 - z_i^2 times its multiplier, or where there
  /// are rows the errors of all products of z_i times their coefficients.
  double looseness(int i) const;
  RelaxationStart start() const;

 private:
  struct Tuning;
  void takeVectors(const RelaxationStart& start);
  void takeMultipliers(const RelaxationStart& start);
  /// The function less multipliers of rows, by the newest ones or by averages.
  const UnitQuadratic& withRows(bool averages);
  void draw(std::uint64_t seed);

  UnitQuadratic unit_, combined_;  // the function; less multipliers times rows
  QuadraticRowMultipliers rows_;
  BallFactors factors_;
  ProductMultipliers products_, averageProducts_;
  std::vector<double> averageBalls_;
  std::vector<int> place_;  // place of each variable of the problem among the free ones; -1: not free
  DualBound dual_;
  double step_ = 0, shift_ = 0, bound_ = 0;
  int sweeps_ = 0;
};

}  // namespace nonconvex
