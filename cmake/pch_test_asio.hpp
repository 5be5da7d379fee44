#pragma once
// pch_asio.hpp for tests.
#include "pch_asio.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
