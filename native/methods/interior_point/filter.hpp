// The filter of a line search: pairs of infeasibility and barrier function that a step must not be worse than.
#pragma once

#include <vector>

namespace nonconvex {

/// Fletcher and Leyffer 2002, as in Waechter and Biegler 2006, section 2.3.
class Filter {
 public:
  explicit Filter(double largestInfeasibility) : largest_(largestInfeasibility) {}

  void clear() { pairs_.clear(); }
  void setLargest(double infeasibility) { largest_ = infeasibility; }
  /// Returns true if no pair is below (theta, phi) in both.
  bool accepts(double theta, double phi) const {
    if (!(theta < largest_)) return false;
    for (const Pair& pair : pairs_) {
      if (theta >= pair.theta && phi >= pair.phi) return false;
    }
    return true;
  }
  /// Refuses from now on what is above (theta, phi) in both.
  void add(double theta, double phi) {
    std::erase_if(pairs_, [&](const Pair& pair) { return pair.theta >= theta && pair.phi >= phi; });
    pairs_.push_back({theta, phi});
  }

 private:
  struct Pair {
    double theta, phi;
  };
  double largest_;
  std::vector<Pair> pairs_;
};

}  // namespace nonconvex
