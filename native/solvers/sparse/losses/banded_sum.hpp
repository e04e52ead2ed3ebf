// Sums of positive numbers of very different sizes, some of which are taken away again.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "core/index.hpp"
#include "linalg/exact_sum.hpp"

namespace nonconvex {

/// A sum of numbers in bands: those of band c come divided by exp(-width c), which leaves them between exp(-width) and
/// 1 or not far above. Each band has a sum of its own in twice the precision, so that small numbers are not lost beside
/// large ones that are taken away later.
class BandedSum {
 public:
  /// definition: numbers of one band differ by 32 bits, which leaves those of a double, and 21 for the number of terms,
  /// of the 106 of a sum in twice the precision.
  static constexpr double width = 22;

  void reset(int bands) { sums_.assign(at(bands), {}); }
  void add(int band, double x) { sums_[at(band)].add(x); }
  void clear(int band) { sums_[at(band)] = {}; }

  /// The numbers of a band and of smaller ones, in units of the band.
  double from(int band) const {
    double sum = sums_[at(band)].value();
    const int end = std::min(band + bandsThatCount, static_cast<int>(sums_.size()));
    for (int c = band + 1; c < end; ++c) sum += sums_[at(c)].value() * unit(c - band);
    return sum;
  }
  /// from() of sums of theta x, x less the logarithm of its band's unit: `thetas` has those of theta.
  double fromShifted(int band, const BandedSum& thetas) const {
    double sum = sums_[at(band)].value();
    const int end = std::min(band + bandsThatCount, static_cast<int>(sums_.size()));
    for (int c = band + 1; c < end; ++c) {
      sum += (sums_[at(c)].value() - width * (c - band) * thetas.sums_[at(c)].value()) * unit(c - band);
    }
    return sum;
  }
  /// What numbers of a band are multiplied by to be in the units of one that is `bands` larger.
  static constexpr double unit(int bands) { return bands < bandsThatCount ? units[at(bands)] : 0; }

 private:
  /// definition: the fifth band is below the rounding of the first one for any number of terms.
  static constexpr int bandsThatCount = 5;
  static constexpr double next = 2.7894680928689246e-10;  // definition: exp(-width)
  static constexpr std::array<double, bandsThatCount> units{1, next, next* next, next* next* next,
                                                            next* next* next* next};

  std::vector<ExactSum> sums_;
};

/// A BandedSum of one band.
class SumOfOneBand {
 public:
  void reset(int /*bands*/) { sum_ = {}; }
  void add(int /*band*/, double x) { sum_.add(x); }
  void clear(int /*band*/) { sum_ = {}; }
  double from(int /*band*/) const { return sum_.value(); }
  double fromShifted(int /*band*/, const SumOfOneBand& /*thetas*/) const { return sum_.value(); }

 private:
  ExactSum sum_;
};

/// A BandedSum of one band that nothing is taken away from.
class GrowingSum {
 public:
  void reset(int /*bands*/) { sum_ = 0; }
  void add(int /*band*/, double x) { sum_ += x; }
  void clear(int /*band*/) { sum_ = 0; }
  double from(int /*band*/) const { return sum_; }
  double fromShifted(int /*band*/, const GrowingSum& /*thetas*/) const { return sum_; }

 private:
  double sum_ = 0;
};

}  // namespace nonconvex
