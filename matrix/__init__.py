# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The versions of Airflow and Python this package is tried with; needs nothing but Python."""
