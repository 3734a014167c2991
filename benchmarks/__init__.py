# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What the package costs: each benchmark prints a table and keeps its figures in ``benchmarks/out/``."""
