// A watchdog for steps that bring too little.
#pragma once

#include "methods/globalization/least_norms.hpp"
#include "methods/globalization/line_search.hpp"
#include "methods/globalization/merit_function.hpp"

namespace nonconvex {

/// Watches steps of a line search method for those that lead nowhere.
class Watchdog {
 public:
  enum class Advice {
    proceed,
    stop,         ///< rounding hides what steps bring
    leaveSaddle,  ///< steps with shifts bring little, as on the way to a saddle
    restore,      ///< steps are short: the constraints may be in the way
  };
  struct Step {
    const NlpPoint& from;
    const NlpPoint& to;
    const SearchDirection& direction;
    double alpha = 1;
    double largestDefined = 1;  ///< alpha at which the search began, as far as functions are defined
  };

  /// Looks at a step that is about to be taken. Softens the merit function if it has shortened several in a row.
  void beforeStep(const Step& step, const LeastNorms& least, MeritFunction& merit);
  /// Says what to do now that the step was taken.
  Advice afterStep();

  void forgetShortSteps() { shortSteps_ = 0; }
  void reset() { *this = {}; }

 private:
  struct Tuning;
  // Steps in a row.
  int shortSteps_ = 0;
  int noiseSteps_ = 0;      // steps whose progress is within rounding
  int slowSteps_ = 0;       // shifted steps that reduced ||F|| slowly
  int backtracked_ = 0;     // steps that the search shortened
  int backtrackLimit_ = 2;  // number of such steps, doubled each time that it is reached
  // The last one.
  bool withinNoise_ = false;
  bool slow_ = false;
};

}  // namespace nonconvex
