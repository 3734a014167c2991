# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One folder a vendor: settings, client, and the ports it fulfils."""
