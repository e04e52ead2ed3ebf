// Any bytes as an .nl file: read, evaluated, written and read again, or refused by an error of the library.
#include <cstdint>
#include <cstdlib>

#include "core/error.hpp"
#include "expressions/fuzzed_model.hpp"

using namespace nonconvex;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const NlModel model =
        parseNl({reinterpret_cast<const char*>(data), size}, "fuzzed.nl", {.objective = 1, .relaxIntegers = true});
    if (!fuzz::small(model.graph)) return 0;
    fuzz::evaluate(model.graph, model.start);
    if (!fuzz::isWrittenAsItIs(model)) std::abort();
  } catch (const Error&) {
  }
  return 0;
}
