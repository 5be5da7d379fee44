#pragma once
// pch_std.hpp for tests.
#include "pch_std.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
