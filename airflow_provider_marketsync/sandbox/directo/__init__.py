# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A stand-in for one Directo database with all four interfaces, built from the wire contract."""
