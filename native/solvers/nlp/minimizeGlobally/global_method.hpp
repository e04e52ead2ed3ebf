// What `minimizeGlobally` asks of a method of branch and bound.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/status.hpp"
#include "solvers/nlp/minimizeGlobally/incumbent.hpp"
#include "solvers/nlp/minimizeGlobally/problem.hpp"

namespace nonconvex {

/// A search for the least objective of a GlobalModel. An interruption leaves all that is asked of it valid.
class GlobalMethod {
 public:
  virtual ~GlobalMethod() = default;

  /// Takes this point of the model if it is admissible.
  virtual void consider(std::span<const double> x) = 0;
  /// Looks for points from these starts, then begins at the root; false where no point is admissible.
  virtual bool begin(const std::vector<std::vector<double>>& starts) = 0;
  /// A round of the search. Returns a status where it ends, as TreeSearch does.
  virtual std::optional<Status> step() = 0;

  /// Returns true if a local solution from a start has shown that the objective has no bound.
  virtual bool unbounded() const { return false; }
  /// The best point; not known where none is below the cutoff.
  virtual const GlobalPoint& best() const = 0;
  /// No admissible point has an objective below this and below the cutoff.
  virtual double lowerBound() const = 0;
  /// A lower bound of the objective at the price of one relaxation, after begin().
  virtual double quickBound() { return lowerBound(); }
  virtual double nodes() const = 0;
  virtual double open() const = 0;
  virtual GlobalCounts counts() const = 0;
  /// The boxes that may have points below the best one and the cutoff.
  virtual OpenBoxes openBoxes() const = 0;
  /// Atoms at which relaxations of boxes that are too narrow to be split differ most from the model, some of them.
  virtual std::span<const int> stalledAtoms() const { return {}; }
};

}  // namespace nonconvex
