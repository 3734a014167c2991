# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A stand-in for one Smaily account, built from the wire contract."""
