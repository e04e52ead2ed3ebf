#include "binding/js.hpp"

#include <algorithm>
#include <climits>
#include <new>

#include "binding/array_copy.hpp"
#include "core/require_memory.hpp"

namespace nonconvex {

std::string showValue(Napi::Value value) {
  switch (value.Type()) {
    case napi_undefined:
      return "undefined";
    case napi_null:
      return "null";
    case napi_boolean:
      return show(value.As<Napi::Boolean>().Value());
    case napi_number:
      return show(value.As<Napi::Number>().DoubleValue());
    case napi_string:
      return show(value.As<Napi::String>().Utf8Value().substr(0, 100));
    case napi_function:
      return "a function";
    case napi_object:
      return value.IsArray() ? "an array" : "an object";
    default:
      return "a value of another type";
  }
}

namespace {

/// The first numbers of an array, as many as `memory` has.
double* numbersOf(const SharedVector& vector) {
  std::size_t length = 0;
  void* data = nullptr;
  napi_get_typedarray_info(vector.array.Env(), vector.array, nullptr, &length, &data, nullptr, nullptr);
  if (length < vector.memory.size()) {
    throw Error(ErrorKind::solver,
                vector.name + ".length = " + show(length) + ": expected at least " + show(vector.memory.size()) +
                    "; arrays that a function is given must not be transferred or shrunk",
                "CALLBACK_FAILED");
  }
  return static_cast<double*>(data);
}

}  // namespace

void SharedVector::give() const {
  std::copy(memory.begin(), memory.end(), numbersOf(*this));
  written(array);
}

void SharedVector::take() const { std::copy_n(numbersOf(*this), memory.size(), memory.begin()); }

namespace {

/// The code of errors of arguments, which src/core/argumentError.ts completes.
constexpr const char* invalidArgument = "INVALID_ARGUMENT";

/// An error with a `code`, where there is one.
template <class Class>
Napi::Error coded(Napi::Env env, const std::string& message, const std::string& code) {
  Napi::Error error = Class::New(env, message);
  if (!code.empty()) error.Set("code", Napi::String::New(env, code));
  return error;
}

}  // namespace

Napi::Error toJs(Napi::Env env, std::exception_ptr error) {
  try {
    std::rethrow_exception(std::move(error));
  } catch (const Napi::Error& e) {
    return e;
  } catch (const Error& e) {
    switch (e.kind()) {
      case ErrorKind::type:
        return coded<Napi::TypeError>(env, e.what(), invalidArgument);
      case ErrorKind::range:
        return coded<Napi::RangeError>(env, e.what(), invalidArgument);
      default:
        return coded<Napi::Error>(env, e.what(), e.code());
    }
  } catch (const std::bad_alloc&) {
    return coded<Napi::Error>(env, "out of memory", "OUT_OF_MEMORY");
  } catch (const std::exception& e) {
    return coded<Napi::Error>(env, e.what(), {});
  } catch (...) {
    return coded<Napi::Error>(env, "unknown error in native code", {});
  }
}

void Reader::refuse(const char* name, Napi::Value value, const char* expected) const {
  throw Error(ErrorKind::type, pathOf(name) + " = " + showValue(value) + ": expected " + expected);
}

Napi::Value Reader::get(const char* name, bool valid(const Napi::Value&), const char* expected) const {
  const Napi::Value value = object_.Get(name);
  if (!valid(value)) refuse(name, value, expected);
  return value;
}

double Reader::number(const char* name) const {
  const auto valid = [](const Napi::Value& value) { return value.IsNumber(); };
  return get(name, valid, "a number").As<Napi::Number>().DoubleValue();
}

int Reader::integer(const char* name) const {
  const double value = number(name);
  require(std::trunc(value) == value && std::abs(value) <= INT_MAX, pathOf(name), value, "expected a 32-bit integer");
  return static_cast<int>(value);
}

bool Reader::boolean(const char* name) const {
  const auto valid = [](const Napi::Value& value) { return value.IsBoolean(); };
  return get(name, valid, "a boolean").As<Napi::Boolean>().Value();
}

std::string Reader::text(const char* name) const {
  const auto valid = [](const Napi::Value& value) { return value.IsString(); };
  return get(name, valid, "a string").As<Napi::String>().Utf8Value();
}

Reader Reader::object(const char* name) const {
  const auto valid = [](const Napi::Value& value) { return value.IsObject(); };
  return {get(name, valid, "an object").As<Napi::Object>(), *inputs_, pathOf(name)};
}

Callback Reader::function(const char* name, std::vector<SharedVector> reads, std::vector<SharedVector> writes) const {
  const auto valid = [](const Napi::Value& value) { return value.IsFunction(); };
  auto callback = std::make_shared<Callback>();
  inputs_->functions.push_back(
      {get(name, valid, "a function").As<Napi::Function>(), callback, std::move(reads), std::move(writes)});
  return [callback](std::initializer_list<double> arguments) { return (*callback)(arguments); };
}

SharedVector Reader::sharedVector(const char* name, std::size_t length) const {
  const std::size_t size = found(name, napi_float64_array, "a Float64Array").size();
  require(size >= length, pathOf(name) + ".length", size, "expected at least " + show(length));
  const double bytes = sizeof(double) * static_cast<double>(length);
  requireMemory(bytes, "memory for what " + pathOf(name) + " holds needs");
  const auto memory = std::make_shared<const CopiedBytes>(HostBuffer<std::byte>(length * sizeof(double)));
  inputs_->memories.push_back(memory);
  const Napi::TypedArray array = object_.Get(name).As<Napi::TypedArray>();
  return {pathOf(name), array, {reinterpret_cast<double*>(memory->data()), length}};
}

void Reader::callDirectly() const {
  for (const auto& [function, callback, reads, writes] : inputs_->functions) {
    *callback = [function, reads, writes](std::initializer_list<double> numbers) {
      const Napi::Env env = function.Env();
      const Napi::HandleScope scope(env);
      std::vector<napi_value> arguments;
      for (const double number : numbers) arguments.push_back(Napi::Number::New(env, number));
      for (const SharedVector& vector : reads) vector.give();
      const double answer = function.Call(arguments).ToNumber().DoubleValue();
      for (const SharedVector& vector : writes) vector.take();
      return answer;
    };
  }
}

namespace {

/// The bytes of a number; 0 for types that nothing here reads.
std::size_t sizeOf(napi_typedarray_type type) {
  switch (type) {
    case napi_float64_array:
      return sizeof(double);
    case napi_float32_array:
      return sizeof(float);
    case napi_int32_array:
      return sizeof(std::int32_t);
    default:
      return 0;
  }
}

}  // namespace

std::size_t ArrayBytes::size() const { return sizeOf(type) == 0 ? 0 : bytes.size() / sizeOf(type); }

ArrayBytes Reader::found(const char* name, const char* expected) const {
  const Napi::Value value = object_.Get(name);
  if (value.IsTypedArray()) {
    ArrayBytes array{};
    std::size_t length = 0;
    void* data = nullptr;
    napi_get_typedarray_info(value.Env(), value, &array.type, &length, &data, nullptr, nullptr);
    array.bytes = {static_cast<const std::byte*>(data), length * sizeOf(array.type)};
    return array;
  }
  const ArrayCopy* const copy = arrayCopyIn(value.Env(), value);
  if (copy == nullptr || copy->copy == nullptr) refuse(name, value, expected);
  return {copy->type, {copy->copy->data(), copy->copy->size()}, copy};
}

ArrayBytes Reader::found(const char* name, napi_typedarray_type type, const char* expected) const {
  const ArrayBytes array = found(name, expected);
  if (array.type != type) refuse(name, object_.Get(name), expected);
  return array;
}

ArrayBytes Reader::copied(ArrayBytes array, const char* name) const {
  constexpr std::size_t large = std::size_t{1} << 20;  // a search for a copy takes longer than copying so few numbers
  const std::span<const std::byte> bytes = array.bytes;
  if (array.copy != nullptr) {
    inputs_->unread = inputs_->unread || array.copy->left;
    inputs_->copies.push_back(array.copy->copy);
    return array;
  }
  if (bytes.size() >= large) requireMemory(static_cast<double>(bytes.size()), "a copy of " + pathOf(name) + " needs");
  if (bytes.size() < large || inputs_->shared == nullptr) {
    HostBuffer<std::byte> copy(bytes.size(), Uninitialized{});
    std::copy(bytes.begin(), bytes.end(), copy.begin());
    inputs_->copies.push_back(std::make_shared<const CopiedBytes>(std::move(copy)));
  } else {
    inputs_->copies.push_back(inputs_->shared->of(bytes));
  }
  return {array.type, {inputs_->copies.back()->data(), bytes.size()}};
}

std::vector<Reader> Reader::list(const char* name) const {
  const auto valid = [](const Napi::Value& value) { return value.IsArray(); };
  const Napi::Array array = get(name, valid, "an array").As<Napi::Array>();
  std::vector<Reader> readers;
  for (std::uint32_t i = 0; i < array.Length(); ++i) {
    const Napi::Value value = array.Get(i);
    const std::string path = pathOf(name) + "[" + show(i) + "]";
    if (!value.IsObject()) throw Error(ErrorKind::type, path + " = " + showValue(value) + ": expected an object");
    readers.emplace_back(value.As<Napi::Object>(), *inputs_, path);
  }
  return readers;
}

MatrixInput Reader::asMatrix() const {
  constexpr const char* expected = "a Float64Array or Float32Array";
  MatrixInput matrix;
  matrix.rows = integer("rows");
  matrix.columns = integer("columns");
  ArrayBytes data = found("data", expected);
  const bool single = data.type == napi_float32_array;
  if (!single && data.type != napi_float64_array) refuse("data", object_.Get("data"), expected);
  const bool sized = matrix.rows >= 0 && matrix.columns >= 0;
  const std::size_t size = static_cast<std::size_t>(matrix.rows) * static_cast<std::size_t>(matrix.columns);
  require(sized && data.size() == size, pathOf("data.length"), data.size(), "expected rows x columns numbers");
  if (!inputs_->inPlace) {
    data = copied(data, "data");
    matrix.shared = &inputs_->copies.back()->columns;
  }
  if (single) {
    matrix.f32 = reinterpret_cast<const float*>(data.bytes.data());
  } else {
    matrix.f64 = reinterpret_cast<const double*>(data.bytes.data());
  }
  return matrix;
}

MatrixInput Reader::matrix64(const char* name) const {
  const MatrixInput found = matrix(name);
  if (found.f32 != nullptr) object(name).refuse("data", object_.Get(name), "a Float64Array");
  return found;
}

HostMatrix<double> Reader::matrixCopy(const char* name) const {
  Inputs inputs{.inPlace = true};
  const Reader in(object(name).asObject(), inputs, pathOf(name));
  const MatrixInput from = in.asMatrix();  // nothing is read from here on
  const double bytes = 1.0 * sizeof(double) * from.rows * from.columns;
  requireMemory(bytes, "a copy of " + pathOf(name) + " needs");
  HostMatrix<double> to(from.rows, from.columns);
  for (int i = 0; i < from.rows; ++i) {
    for (int j = 0; j < from.columns; ++j) to(i, j) = from(i, j);
  }
  return to;
}

SparseView Reader::asSparse() const {
  SparseView matrix = asUncheckedSparse();
  if (!inputs_->unread && !wasChecked(matrix)) requireSparse(matrix, path());
  return matrix;
}

AnyMatrix Reader::asAnyMatrix() const {
  if (has("format")) return asSparse();
  return asMatrix();
}

/// Whether the matrix is of copies that were checked in pieces.
bool Reader::wasChecked(const SparseView& matrix) const {
  const Napi::Env env = object_.Env();
  const ArrayCopy* const offsets = arrayCopyIn(env, object_.Get("offsets"));
  const ArrayCopy* const indices = arrayCopyIn(env, object_.Get("indices"));
  if (offsets == nullptr || indices == nullptr || matrix.values.size() != matrix.indices.size()) return false;
  return indices->checked ==
         ArrayCopy::Indexed{offsets->copy.get(), matrix.rows, matrix.columns, matrix.by == Lines::rows};
}

SparseView Reader::asUncheckedSparse() const {
  SparseView matrix;
  const std::string format = text("format");
  require(format == "csc" || format == "csr", pathOf("format"), format, "expected 'csc' or 'csr'");
  matrix.by = format == "csc" ? Lines::columns : Lines::rows;
  matrix.rows = integer("rows");
  matrix.columns = integer("columns");
  matrix.offsets = integers("offsets");
  matrix.indices = integers("indices");
  matrix.values = vector("values");
  return matrix;
}

Napi::Array Writer::texts(std::span<const std::string_view> values) const {
  Napi::Array list = Napi::Array::New(env_, values.size());
  for (std::uint32_t i = 0; i < list.Length(); ++i) list.Set(i, toText(values[i]));
  return list;
}

void Writer::matrix(const char* name, Mat<const double> matrix) {
  const auto rows = static_cast<std::size_t>(matrix.rows);
  const auto columns = static_cast<std::size_t>(matrix.cols);
  Napi::Float64Array data = Napi::Float64Array::New(env_, rows * columns);
  double* to = data.Data();
  constexpr int block = 32;  // both sides of the transposition stay in the cache
  for (int i0 = 0; i0 < matrix.rows; i0 += block) {
    for (int j0 = 0; j0 < matrix.cols; j0 += block) {
      for (int j = j0; j < std::min(matrix.cols, j0 + block); ++j) {
        for (int i = i0; i < std::min(matrix.rows, i0 + block); ++i) {
          to[static_cast<std::size_t>(i) * columns + static_cast<std::size_t>(j)] = matrix(i, j);
        }
      }
    }
  }
  written(data);
  Writer members(env_);
  members.value("data", data);
  members.number("rows", matrix.rows);
  members.number("columns", matrix.cols);
  object_.Set(name, members.object());
}

Napi::Value typedArray(Napi::Env env, std::span<const double> values) {
  Napi::Float64Array data = Napi::Float64Array::New(env, values.size());
  std::copy(values.begin(), values.end(), data.Data());
  written(data);
  return data;
}

Napi::Value typedArray(Napi::Env env, std::span<const std::int32_t> values) {
  Napi::Int32Array data = Napi::Int32Array::New(env, values.size());
  std::copy(values.begin(), values.end(), data.Data());
  written(data);
  return data;
}

Napi::Object sparseObject(Napi::Env env, const SparseView& matrix) {
  Writer out(env);
  out.text("format", matrix.by == Lines::rows ? "csr" : "csc");
  out.number("rows", matrix.rows);
  out.number("columns", matrix.columns);
  out.integers("offsets", matrix.offsets);
  out.integers("indices", matrix.indices);
  out.vector("values", matrix.values);
  return out.object();
}

}  // namespace nonconvex
