# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A stand-in for one SALESmanago account, built from the wire contract."""
