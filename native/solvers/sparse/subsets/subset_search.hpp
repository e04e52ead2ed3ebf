// Upper bounds of best subset selection: coordinate descent, swaps and splicing.
#pragma once

#include <span>
#include <vector>

#include "core/numbers.hpp"
#include "linalg/cpu.hpp"
#include "solvers/sparse/subsets/subset_gram.hpp"

namespace nonconvex {

/// minimise squares / 2 - c . b + b . G b / 2 + lambda sum_j f_j [b_j != 0] + ridge / 2 ||b||^2, |b_j| <= largest. With
/// a size, of which lambda is 0, over subsets of at most so many columns.
struct SubsetObjective {
  double lambda = 0;
  double ridge = 0;
  double largest = infinity;
  std::span<const double> factors;
  int size = -1;  ///< below 0: any

  bool bySize() const { return size >= 0; }
  double cost(int j) const { return lambda * factors[at(j)]; }
};

/// Coefficients of the columns that were chosen.
struct Subset {
  std::vector<int> columns;
  std::vector<double> values;
  double objective = infinity;
};

/// A local search from a subset. Coordinate descent takes in and leaves out one column at a time; swaps exchange one
/// for another; splicing exchanges several, those with the least loss when they go for those with the largest gain. At
/// a size the best column comes in while there are too few, and of all exchanges of one column that which lowers the
/// objective most is found from the inverse of G on the subset.
///
/// H. Hazimeh, R. Mazumder, "Fast best subset selection", Operations Research 68(5), 2020. J. Zhu and others, "A
/// polynomial algorithm for best-subset selection problem", PNAS 117(52), 2020.
class SubsetSearch {
 public:
  SubsetSearch(const Cpu& la, SubsetGram& gram);

  /// Goes down from a subset until none of the changes lowers the objective.
  Subset improve(const SubsetObjective& objective, const Subset& from);
  /// The minimiser on some columns; an objective of infinity where it is not unique. At a size columns that depend on
  /// those before them are left out.
  Subset refit(const SubsetObjective& objective, std::span<const int> columns);
  double sweeps() const { return sweeps_; }

 private:
  struct Tuning;
  void begin(const Subset& from);
  void move(int j, double to);
  double best(const SubsetObjective& objective, int j, double without) const;
  double gain(const SubsetObjective& objective, int j, double without) const;
  Subset descend(const SubsetObjective& objective, const Subset& from);
  bool splice(const SubsetObjective& objective, Subset& subset);
  bool swap(const SubsetObjective& objective, Subset& subset);
  Subset improveAtSize(const SubsetObjective& objective, const Subset& from);
  std::vector<int> independent(const SubsetObjective& objective, std::span<const int> columns);
  void fillWithGram(const SubsetObjective& objective, std::span<const int> columns, Mat<double> a);
  bool invert(const SubsetObjective& objective, const Subset& subset);
  bool isIn(const Subset& subset, int j) const;
  double leftOf(const SubsetObjective& objective, int j);
  bool add(const SubsetObjective& objective, Subset& subset);
  void drop(const SubsetObjective& objective, Subset& subset);
  bool exchange(const SubsetObjective& objective, Subset& subset);
  void clip(const SubsetObjective& objective, Subset& subset);
  double objectiveOf(const SubsetObjective& objective, const Subset& subset);

  const Cpu& la_;
  Cpu steady_;  ///< whose operations are not interrupted, so that what was found is not lost
  SubsetGram& gram_;
  std::vector<double> b_, q_;  ///< coefficients, and c - G b
  std::vector<int> order_;
  HostMatrix<double> inverse_;      ///< of G with the ridge, on the columns of a subset
  std::vector<double> shares_;      ///< of these columns in another one
  std::vector<const double*> own_;  ///< their columns of G
  double sweeps_ = 0;
};

}  // namespace nonconvex
