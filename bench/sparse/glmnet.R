# glmnet for bench/sparse/paths.bench.ts and index.ts: reads a line of JSON, answers with one; only the call itself is timed.
suppressPackageStartupMessages({
  library(glmnet)
  library(Matrix)
  library(jsonlite)
})

cat(toJSON(list(version = as.character(packageVersion("glmnet"))), auto_unbox = TRUE), "\n", sep = "")
input <- file("stdin", "r")
numbers <- function(path, type, name) {
  file <- file.path(path, paste0(name, ".bin"))
  size <- if (type == "double") 8 else 4
  readBin(file, type, n = file.size(file) / size, size = size, endian = "little")
}

while (length(line <- readLines(input, n = 1)) > 0) {
  ask <- fromJSON(line)
  if (!is.null(ask$rows)) {
    y <- numbers(ask$path, "double", "y")
    x <- if (ask$dense) {
      matrix(numbers(ask$path, "double", "X"), ask$rows, ask$columns)
    } else {
      new("dgCMatrix",
        i = numbers(ask$path, "integer", "indices"), p = numbers(ask$path, "integer", "offsets"),
        x = numbers(ask$path, "double", "values"), Dim = c(ask$rows, ask$columns)
      )
    }
    lambdas <- numbers(ask$path, "double", "lambdas")
    cat("{}\n")
    flush(stdout())
    next
  }
  begin <- proc.time()
  if (!is.null(ask$folds)) {
    cv.glmnet(x, y, nfolds = ask$folds)
    used <- proc.time() - begin
    answer <- list(seconds = used[["elapsed"]], processor = used[["user.self"]] + used[["sys.self"]])
    cat(toJSON(answer, auto_unbox = TRUE, digits = NA), "\n", sep = "")
    flush(stdout())
    next
  }
  fit <- glmnet(x, y,
    family = ask$family, alpha = ask$alpha, lambda = lambdas, standardize = FALSE, thresh = ask$thresh, maxit = 1e7
  )
  used <- proc.time() - begin
  write <- function(values, name) writeBin(values, file.path(ask$path, paste0(name, ".found")), endian = "little")
  write(as.double(fit$a0), "intercepts")
  write(fit$beta@p, "offsets")
  write(fit$beta@i, "indices")
  write(fit$beta@x, "values")
  answer <- list(seconds = used[["user.self"]] + used[["sys.self"]], fitted = length(fit$lambda))
  cat(toJSON(answer, auto_unbox = TRUE, digits = NA), "\n", sep = "")
  flush(stdout())
}
